//! Puts cells on the canvas: drawn in memory, then copied to where something has changed.

use crate::present::fleet::grid::Grid;
use crate::present::fleet::raster::{Colour, Raster, around};
use crate::present::fleet::shape::{Rect, shape, small};
use crate::present::fleet::{CellRevision, CellState, FleetView, LOOKS, PackedCell};
use crate::view::platform::canvas;
use std::rc::Rc;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

/// Cells at least this wide carry their node's name, in CSS pixels.
const NAMED_PITCH: i32 = 64;
/// The height of a name, and about how wide a letter is, in CSS pixels.
const NAME_SIZE: i32 = 11;
const LETTER_WIDTH: i32 = 6;
/// Up to so many changed cells are copied one by one; of more, all that is between them as well.
const SINGLE_COPIES_MAX: usize = 64;

/// The page's colours, as CSS has them now.
#[derive(Debug, PartialEq, Eq)]
pub struct Palette {
    states: [Colour; CellState::ALL.len()],
    ready_old: Colour,
    ground: Colour,
    mark: Colour,
    /// Of names, which the browser draws.
    text: String,
}

impl Palette {
    pub fn read(element: &Element) -> Palette {
        let colour = |name: &str| canvas::colour(element, name);
        Palette {
            states: CellState::ALL.map(|state| {
                colour(match state {
                    CellState::NotWanted => "--fleet-not-wanted",
                    CellState::Missing => "--fleet-missing",
                    CellState::Pending => "--fleet-pending",
                    CellState::Starting => "--fleet-starting",
                    CellState::Ready => "--fleet-ready",
                    CellState::Terminating => "--fleet-terminating",
                    CellState::Failed => "--fleet-failed",
                    CellState::NodeDown => "--fleet-node-down",
                })
            }),
            ready_old: colour("--fleet-ready-old"),
            ground: colour("--fleet-ground"),
            mark: colour("--fleet-mark"),
            text: canvas::custom_property(element, "--fleet-text"),
        }
    }

    fn of(&self, cell: PackedCell) -> Colour {
        match (cell.state(), cell.revision()) {
            (CellState::Ready, CellRevision::Old) => self.ready_old,
            (state, _) => self.states[state as usize],
        }
    }
}

/// A canvas, and what is on it.
pub struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    raster: Raster,
    drawn: Option<Drawn>,
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
            raster: Raster::default(),
            drawn: None,
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
        let cells = match &before {
            // With names there are few cells, and a copy could wipe out the names between them.
            Some(before) if is_named => {
                let changed = changed(&before.view, view, grid, is_named);
                if changed.is_empty() {
                    changed
                } else {
                    grid.visible().collect()
                }
            }
            Some(before) => changed(&before.view, view, grid, is_named),
            None => {
                self.begin(grid, palette);
                grid.visible().collect()
            }
        };
        let name_height = if is_named {
            (NAME_SIZE + 4) * percent / 100
        } else {
            0
        };
        self.cells(&cells, view, grid, name_height, palette);
        if before.is_some() {
            self.copy(&cells, grid);
        } else {
            self.copy_all();
        }
        if is_named {
            self.names(&cells, view, grid, percent, palette);
        }
        self.drawn = Some(Drawn {
            view: view.clone(),
            grid,
            palette: palette.clone(),
        });
    }

    fn begin(&mut self, grid: Grid, palette: &Palette) {
        let (width, height) = (grid.width as u32, grid.height as u32);
        // Setting a canvas' size makes a new one of it, even if it is the same.
        if (self.canvas.width(), self.canvas.height()) != (width, height) {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        self.raster.reset(grid.width, grid.height, palette.ground);
    }

    fn cells(
        &mut self,
        cells: &[u32],
        view: &FleetView,
        grid: Grid,
        name_height: i32,
        palette: &Palette,
    ) {
        let looks = |size: i32| -> Vec<(Vec<Rect>, Colour)> {
            let cells = (0..LOOKS).map(|look| PackedCell(look as u16));
            let looks = cells.map(|cell| {
                let form = shape(cell.state(), cell.revision(), size);
                (form, palette.of(cell))
            });
            looks.collect()
        };
        let room = grid.size - name_height;
        let half = small(room);
        let (large, small, beyond) = (looks(room), looks(half), room - half);
        // Marks are in the gap, where they hide nothing: below for cordoned, to the right for misscheduled.
        let (size, gap) = (grid.size, grid.pitch - grid.size);
        let (below, beside) = (rect(0, size, size, gap), rect(size, 0, gap, size));
        for index in cells {
            let Some(node) = view.get(*index) else {
                continue;
            };
            let (packed, place) = (node.packed(), grid.cell(*index));
            let mut fill = |rect: Rect, colour: Colour| {
                let (left, top) = (place.left + rect.left, place.top + rect.top);
                self.raster.fill(Rect { left, top, ..rect }, colour);
            };
            fill(rect(0, 0, grid.pitch, grid.pitch), palette.ground);
            let mut draw = |(form, colour): &(Vec<Rect>, Colour), by: i32| {
                for part in form {
                    let (left, top) = (part.left + by, part.top + by);
                    fill(Rect { left, top, ..*part }, *colour);
                }
            };
            match packed.second_look() {
                None => draw(&large[packed.look()], 0),
                Some(second) => {
                    draw(&small[second], 0);
                    draw(&small[packed.look()], beyond);
                }
            }
            let flags = packed.flags();
            if flags.cordoned {
                fill(below, palette.mark);
            }
            if flags.misscheduled {
                fill(beside, palette.mark);
            }
        }
    }

    fn copy_all(&self) {
        let all = rect(0, 0, self.raster.width(), self.raster.height());
        canvas::copy(&self.context, &self.raster, &[all]);
    }

    fn copy(&self, cells: &[u32], grid: Grid) {
        let place = |index: &u32| {
            let cell = grid.cell(*index);
            let whole = rect(cell.left, cell.top, grid.pitch, grid.pitch);
            self.raster.clip(whole)
        };
        if cells.len() <= SINGLE_COPIES_MAX {
            let places: Vec<_> = cells.iter().map(place).collect();
            canvas::copy(&self.context, &self.raster, &places);
        } else if let Some(all) = cells.iter().map(place).reduce(around) {
            canvas::copy(&self.context, &self.raster, &[all]);
        }
    }

    fn names(&self, cells: &[u32], view: &FleetView, grid: Grid, percent: i32, palette: &Palette) {
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
                &shortened(view.own_name(&node.name), letters),
                f64::from(cell.left),
                f64::from(cell.top + grid.size - scaled(3)),
                f64::from(grid.size),
            );
        }
    }
}

fn rect(left: i32, top: i32, width: i32, height: i32) -> Rect {
    Rect {
        left,
        top,
        width,
        height,
    }
}

/// The cells on the canvas that look different now.
fn changed(before: &FleetView, after: &FleetView, grid: Grid, is_named: bool) -> Vec<u32> {
    after
        .changes(before)
        .filter(|(_, before, after)| {
            before.packed() != after.packed() || is_named && before.name != after.name
        })
        .map(|(index, ..)| index)
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
