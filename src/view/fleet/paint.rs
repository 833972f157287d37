//! Puts cells on the canvas: all of one look in one path, and only those that have changed, if they are few.

use crate::present::fleet::grid::Grid;
use crate::present::fleet::shape::{Rect, shape};
use crate::present::fleet::{CellRevision, CellState, FleetView, LOOKS, PackedCell};
use crate::view::platform::canvas;
use std::rc::Rc;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

/// Cells at least this wide carry their node's name, in CSS pixels.
const NAMED_PITCH: i32 = 64;
/// The height of a name, and about how wide a letter is, in CSS pixels.
const NAME_SIZE: i32 = 11;
const LETTER_WIDTH: i32 = 6;

/// The page's colours, as CSS has them now.
#[derive(Debug, PartialEq, Eq)]
pub struct Palette {
    states: Vec<String>,
    ready_old: String,
    ground: String,
    mark: String,
    text: String,
}

impl Palette {
    pub fn read(element: &Element) -> Palette {
        let names = [
            "--fleet-not-wanted",
            "--fleet-missing",
            "--fleet-pending",
            "--fleet-starting",
            "--fleet-ready",
            "--fleet-terminating",
            "--fleet-failed",
            "--fleet-node-down",
            "--fleet-ready-old",
            "--fleet-ground",
            "--fleet-mark",
            "--fleet-text",
        ];
        let mut values = canvas::custom_properties(element, &names).into_iter();
        let states = values.by_ref().take(CellState::ALL.len()).collect();
        let mut next = || values.next().unwrap_or_default();
        Palette {
            states,
            ready_old: next(),
            ground: next(),
            mark: next(),
            text: next(),
        }
    }

    fn of(&self, cell: PackedCell) -> &str {
        match (cell.state(), cell.revision()) {
            (CellState::Ready, CellRevision::Old) => &self.ready_old,
            (state, _) => &self.states[state as usize],
        }
    }
}

/// A canvas, and what is on it.
pub struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    drawn: Option<Drawn>,
    /// Cells to paint, by look; kept for its memory.
    batches: Vec<Vec<u32>>,
}

struct Drawn {
    view: Rc<FleetView>,
    grid: Grid,
    palette: Rc<Palette>,
}

impl Painter {
    pub fn new(canvas: HtmlCanvasElement) -> Option<Painter> {
        let context = canvas::opaque_context(&canvas)?;
        Some(Painter {
            canvas,
            context,
            drawn: None,
            batches: vec![Vec::new(); LOOKS],
        })
    }

    /// Brings the canvas up to date. `percent` is how many pixels 100 CSS pixels are.
    pub fn paint(&mut self, view: &Rc<FleetView>, grid: Grid, percent: i32, palette: &Rc<Palette>) {
        let is_named = grid.pitch * 100 >= NAMED_PITCH * percent;
        let before = self.drawn.take().filter(|drawn| {
            drawn.grid == grid
                && Rc::ptr_eq(&drawn.palette, palette)
                && drawn.view.count() == view.count()
        });
        match before {
            Some(before) => {
                let changed = changed(&before.view, view, grid, is_named);
                self.clear(&changed, grid, palette);
                self.cells(changed.into_iter(), view, grid, percent, palette);
            }
            None => {
                self.clear_all(grid, palette);
                self.cells(grid.visible(), view, grid, percent, palette);
            }
        }
        self.drawn = Some(Drawn {
            view: view.clone(),
            grid,
            palette: palette.clone(),
        });
    }

    fn clear_all(&self, grid: Grid, palette: &Palette) {
        let (width, height) = (grid.width as u32, grid.height as u32);
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        self.context.set_fill_style_str(&palette.ground);
        self.context
            .fill_rect(0.0, 0.0, f64::from(width), f64::from(height));
    }

    fn clear(&self, cells: &[u32], grid: Grid, palette: &Palette) {
        let whole = [Rect {
            left: 0,
            top: 0,
            width: grid.pitch,
            height: grid.pitch,
        }];
        self.fill(&palette.ground, cells, &whole, grid);
    }

    fn cells(
        &mut self,
        cells: impl Iterator<Item = u32>,
        view: &FleetView,
        grid: Grid,
        percent: i32,
        palette: &Palette,
    ) {
        let is_named = grid.pitch * 100 >= NAMED_PITCH * percent;
        let name_height = if is_named {
            (NAME_SIZE + 4) * percent / 100
        } else {
            0
        };
        let (mut cordoned, mut misscheduled, mut named) = (Vec::new(), Vec::new(), Vec::new());
        for index in cells {
            let Some(node) = view.get(index) else {
                continue;
            };
            let cell = node.packed();
            self.batches[cell.look()].push(index);
            let flags = cell.flags();
            if flags.cordoned {
                cordoned.push(index);
            }
            if flags.misscheduled {
                misscheduled.push(index);
            }
            if is_named {
                named.push(index);
            }
        }
        for look in 0..LOOKS {
            let cell = PackedCell(look as u8);
            let form = shape(cell.state(), cell.revision(), grid.size - name_height);
            self.fill(palette.of(cell), &self.batches[look], &form, grid);
            self.batches[look].clear();
        }
        // Marks are in the gap, where they hide nothing: below for cordoned, to the right for misscheduled.
        let (size, gap) = (grid.size, grid.pitch - grid.size);
        let mark = |left, top, width, height| {
            [Rect {
                left,
                top,
                width,
                height,
            }]
        };
        self.fill(&palette.mark, &cordoned, &mark(0, size, size, gap), grid);
        self.fill(
            &palette.mark,
            &misscheduled,
            &mark(size, 0, gap, size),
            grid,
        );
        self.names(&named, view, grid, percent, palette);
    }

    /// Every rectangle of every cell, in one path.
    fn fill(&self, colour: &str, cells: &[u32], rects: &[Rect], grid: Grid) {
        if cells.is_empty() {
            return;
        }
        self.context.set_fill_style_str(colour);
        self.context.begin_path();
        for index in cells {
            let cell = grid.cell(*index);
            for rect in rects {
                self.context.rect(
                    f64::from(cell.left + rect.left),
                    f64::from(cell.top + rect.top),
                    f64::from(rect.width),
                    f64::from(rect.height),
                );
            }
        }
        self.context.fill();
    }

    fn names(&self, cells: &[u32], view: &FleetView, grid: Grid, percent: i32, palette: &Palette) {
        if cells.is_empty() {
            return;
        }
        let scaled = |css: i32| css * percent / 100;
        self.context.set_fill_style_str(&palette.text);
        self.context
            .set_font(&format!("{}px system-ui, sans-serif", scaled(NAME_SIZE)));
        let letters = (grid.size / scaled(LETTER_WIDTH).max(1)) as usize;
        for index in cells {
            let Some(node) = view.get(*index) else {
                continue;
            };
            let cell = grid.cell(*index);
            let _ = self.context.fill_text_with_max_width(
                &shortened(&node.name, letters),
                f64::from(cell.left),
                f64::from(cell.top + grid.size - scaled(3)),
                f64::from(grid.size),
            );
        }
    }
}

/// The cells on the canvas that look different now.
fn changed(before: &FleetView, after: &FleetView, grid: Grid, is_named: bool) -> Vec<u32> {
    let pairs = before.nodes.iter().zip(&after.nodes).enumerate();
    pairs
        .filter(|(_, (before, after))| {
            before.packed() != after.packed() || is_named && before.name != after.name
        })
        .map(|(index, _)| index as u32)
        .filter(|index| grid.is_visible(*index))
        .collect()
}

/// A name's end is what tells nodes apart.
fn shortened(name: &str, letters: usize) -> String {
    let too_many = name.chars().count().saturating_sub(letters.max(2));
    if too_many == 0 {
        return name.to_owned();
    }
    let end: String = name.chars().skip(too_many + 1).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(shortened("node-15", 9), "node-15");
        assert_eq!(shortened("control-plane-15", 9), "…plane-15");
        assert_eq!(shortened("node-15", 0), "…5");
    }
}
