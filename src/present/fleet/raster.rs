//! The picture as pixels in memory, from which the canvas copies what has changed.
//!
//! The alternative, paths that the browser fills, costs several times as much for tens of thousands of cells.

use super::shape::Rect;

/// Red, green, blue, alpha: as the canvas wants them.
pub type Colour = [u8; 4];

#[derive(Clone, Debug, Default)]
pub struct Raster {
    width: i32,
    height: i32,
    pixels: Vec<Colour>,
}

impl Raster {
    /// Makes it that large and of one colour.
    pub fn reset(&mut self, width: i32, height: i32, colour: Colour) {
        (self.width, self.height) = (width.max(0), height.max(0));
        self.pixels.clear();
        self.pixels
            .resize(self.width as usize * self.height as usize, colour);
    }

    /// What of the rectangle is on the raster.
    pub fn clip(&self, rect: Rect) -> Rect {
        let (left, top) = (rect.left.max(0), rect.top.max(0));
        let right = (rect.left + rect.width).min(self.width);
        let bottom = (rect.top + rect.height).min(self.height);
        Rect {
            left,
            top,
            width: (right - left).max(0),
            height: (bottom - top).max(0),
        }
    }

    pub fn fill(&mut self, rect: Rect, colour: Colour) {
        let rect = self.clip(rect);
        if rect.width == 0 || rect.height == 0 {
            return;
        }
        let rows = self
            .pixels
            .chunks_exact_mut(self.width as usize)
            .skip(rect.top as usize)
            .take(rect.height as usize);
        let columns = rect.left as usize..(rect.left + rect.width) as usize;
        for row in rows {
            row[columns.clone()].fill(colour);
        }
    }

    pub fn width(&self) -> i32 {
        self.width
    }

    pub fn height(&self) -> i32 {
        self.height
    }

    /// Row by row, four bytes a pixel.
    pub fn bytes(&self) -> &[u8] {
        self.pixels.as_flattened()
    }
}

/// The smallest rectangle around two.
pub fn around(a: Rect, b: Rect) -> Rect {
    let (left, top) = (a.left.min(b.left), a.top.min(b.top));
    Rect {
        left,
        top,
        width: (a.left + a.width).max(b.left + b.width) - left,
        height: (a.top + a.height).max(b.top + b.height) - top,
    }
}

/// An opaque colour as browsers give it back: `rgb(31, 146, 84)`, or as we write it: `#1f9254`.
pub fn parse_colour(text: &str) -> Option<Colour> {
    let [red, green, blue] = match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.is_ascii() => {
            let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
            [part(0)?, part(2)?, part(4)?]
        }
        Some(_) => return None,
        None => {
            let list = text.strip_prefix("rgb(")?.strip_suffix(')')?;
            let mut parts = list.split(',').map(|part| part.trim().parse().ok());
            let three = [parts.next()??, parts.next()??, parts.next()??];
            parts.next().is_none().then_some(three)?
        }
    };
    Some([red, green, blue, 255])
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUND: Colour = [0, 0, 0, 255];
    const INK: Colour = [255, 255, 255, 255];

    #[track_caller]
    fn check(left: i32, top: i32, width: i32, height: i32, expect: &str) {
        let mut raster = Raster::default();
        raster.reset(5, 3, GROUND);
        let rect = Rect {
            left,
            top,
            width,
            height,
        };
        raster.fill(rect, INK);
        let rows = raster.bytes().chunks(4 * 5).map(|row| {
            let pixel = |pixel: &[u8]| if pixel == INK { '#' } else { '.' };
            row.chunks(4).map(pixel).collect::<String>()
        });
        assert_eq!(rows.collect::<Vec<_>>().join(" "), expect);
    }

    #[test]
    fn rectangles_are_filled_where_they_are_on_the_raster() {
        check(1, 1, 2, 1, "..... .##.. .....");
        check(0, 0, 5, 3, "##### ##### #####");
        check(-3, -3, 5, 5, "##... ##... .....");
        check(4, 2, 9, 9, "..... ..... ....#");
        check(5, 0, 2, 2, "..... ..... .....");
        check(-9, 0, 2, 2, "..... ..... .....");
        check(1, 1, 0, 1, "..... ..... .....");
        check(1, 1, -4, 1, "..... ..... .....");
    }

    #[test]
    fn an_empty_raster_takes_anything() {
        let mut raster = Raster::default();
        let rect = Rect {
            left: 0,
            top: 0,
            width: 9,
            height: 9,
        };
        raster.fill(rect, INK);
        assert!(raster.bytes().is_empty());
    }

    #[test]
    fn colours_are_read() {
        assert_eq!(parse_colour("#1f9254"), Some([0x1f, 0x92, 0x54, 255]));
        assert_eq!(parse_colour("rgb(31, 146, 84)"), Some([31, 146, 84, 255]));
        for text in [
            "",
            "rgb(1, 2)",
            "rgb(1, 2, 3, 4)",
            "rgb(1, 2, 300)",
            "red",
            "#fff",
            "#12345g",
            "#ä2345",
            "rgba(0, 0, 0, 0.5)",
        ] {
            assert_eq!(parse_colour(text), None, "{text}");
        }
    }
}
