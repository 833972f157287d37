//! Where cells are: how many fit in a row, which one is under the pointer, how far one can zoom and pan.
//!
//! Everything is in whole pixels of the screen (not CSS pixels), so cells stay sharp.
//! `Camera` is what the user did, and `Grid` is what follows from it for a number of cells: always within its limits.

use super::shape::Rect;

/// The smallest cell with its gap, in pixels: smaller ones couldn't be told apart.
const PITCH_MIN: i32 = 2;
/// Without zooming, cells don't grow beyond this, in CSS pixels.
const PITCH_FIT_MAX: i32 = 44;
/// Above the cells, if there is room, in CSS pixels.
const MARGIN: i32 = 6;
/// Zooming in ends here, in CSS pixels: wide enough for a name.
const PITCH_MAX: i32 = 132;
/// Pitches are kept this much finer than they are drawn, so that small turns of a wheel add up.
const FINE: i64 = 256;

/// Where the user looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Camera {
    /// The size of the canvas in pixels.
    pub width: i32,
    pub height: i32,
    /// Pixels of the screen for 100 CSS pixels.
    pub percent: i32,
    /// Cell and gap, in 1/256 pixel; without it, all cells are shown.
    pitch: Option<i64>,
    left: i32,
    top: i32,
}

/// What a user does to the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The canvas has this size now.
    Resize {
        width: i32,
        height: i32,
        percent: i32,
    },
    /// Makes cells larger by `by`/256, or smaller if negative; what is at (x, y) stays there.
    Zoom { x: i32, y: i32, by: i32 },
    /// Makes cells `to`/`from` times as large as they were at `pitch`; what is at (x, y) stays there.
    Pinch {
        x: i32,
        y: i32,
        pitch: i32,
        from: i32,
        to: i32,
    },
    /// Moves the cells.
    Pan { dx: i32, dy: i32 },
    /// Moves the cells just so far that this one can be seen.
    Reveal { index: u32 },
    /// Shows all cells.
    Fit,
}

/// Where the cells are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub width: i32,
    pub height: i32,
    pub count: u32,
    pub columns: i32,
    /// Cell and gap.
    pub pitch: i32,
    /// Cell.
    pub size: i32,
    /// What is at the canvas' upper left corner, in pixels from the first cell's.
    pub left: i32,
    pub top: i32,
    /// Whether the user sees less than all cells.
    pub is_zoomed: bool,
    /// Whether zooming in or out would do anything.
    pub can_grow: bool,
    pub can_shrink: bool,
    fine: i64,
}

/// Where the keyboard moves the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Left,
    Right,
    Up,
    Down,
    RowStart,
    RowEnd,
    First,
    Last,
}

impl Default for Camera {
    fn default() -> Camera {
        Camera {
            width: 0,
            height: 0,
            percent: 100,
            pitch: None,
            left: 0,
            top: 0,
        }
    }
}

impl Camera {
    pub fn grid(&self, count: u32) -> Grid {
        let (width, height) = (self.width.max(1), self.height.max(1));
        let scaled = |css: i32| i64::from(css) * i64::from(self.percent) / 100;
        let fit = fit(count, width, height, scaled(PITCH_FIT_MAX) as i32);
        let (fine_min, fine_max) = (
            i64::from(fit) * FINE,
            (scaled(PITCH_MAX).max(i64::from(fit))) * FINE,
        );
        let fine = self.pitch.unwrap_or(fine_min).clamp(fine_min, fine_max);
        let pitch = ((fine + FINE / 2) / FINE) as i32;
        // Rows break where they do when all cells are shown: zooming doesn't shuffle cells.
        let columns = (width / fit).clamp(1, (count as i32).max(1));
        let rows = (count as i32 + columns - 1) / columns;
        Grid {
            width,
            height,
            count,
            columns,
            pitch,
            size: pitch - gap(pitch),
            left: offset(self.left, columns * pitch, width, Spare::Both),
            top: offset(
                self.top,
                rows * pitch,
                height,
                Spare::Above(scaled(MARGIN) as i32),
            ),
            is_zoomed: columns * pitch > width || rows * pitch > height,
            can_grow: fine < fine_max,
            can_shrink: fine > fine_min,
            fine,
        }
    }

    /// The camera after a move; `count` is the number of cells.
    pub fn after(self, a_move: Move, count: u32) -> Camera {
        let grid = self.grid(count);
        let fine = |x: i64| Some(x.clamp(1, 1 << 30));
        match a_move {
            Move::Resize {
                width,
                height,
                percent,
            } => Camera {
                width,
                height,
                percent: percent.clamp(25, 1000),
                ..self
            },
            Move::Zoom { x, y, by } => {
                let by = i64::from(by.clamp(-1024, 1024));
                // Growing and shrinking by the same amount undo each other.
                let pitch = if by >= 0 {
                    grid.fine * (256 + by) / 256
                } else {
                    grid.fine * 256 / (256 - by)
                };
                self.zoomed(grid, x, y, fine(pitch), count)
            }
            Move::Pinch {
                x,
                y,
                pitch,
                from,
                to,
            } => {
                let pitch = i64::from(pitch) * FINE * i64::from(to.max(1)) / i64::from(from.max(1));
                self.zoomed(grid, x, y, fine(pitch), count)
            }
            Move::Pan { dx, dy } => self.at(grid.left - dx, grid.top - dy, count),
            Move::Reveal { index } => {
                let cell = grid.cell(index);
                let into = |start: i32, cell: i32, room: i32| {
                    // The end first: if the canvas is too small for the cell, its beginning counts.
                    let to_end = (cell + grid.pitch - room).max(0);
                    let to_start = cell.min(0);
                    start
                        + if to_start < 0 {
                            to_start
                        } else {
                            to_end.min(cell.max(0))
                        }
                };
                self.at(
                    into(grid.left, cell.left, grid.width),
                    into(grid.top, cell.top, grid.height),
                    count,
                )
            }
            Move::Fit => Camera {
                pitch: None,
                left: 0,
                top: 0,
                ..self
            },
        }
    }

    fn zoomed(self, before: Grid, x: i32, y: i32, pitch: Option<i64>, count: u32) -> Camera {
        let after = Camera { pitch, ..self }.grid(count);
        let follow = |start: i32, point: i32| {
            let place = i64::from(start + point) * i64::from(after.pitch);
            (place.div_euclid(i64::from(before.pitch)) - i64::from(point)) as i32
        };
        Camera {
            pitch: after.can_shrink.then_some(after.fine),
            ..self
        }
        .at(follow(before.left, x), follow(before.top, y), count)
    }

    /// The camera there, or as near as there are cells.
    fn at(self, left: i32, top: i32, count: u32) -> Camera {
        let moved = Camera { left, top, ..self };
        let grid = moved.grid(count);
        Camera {
            left: grid.left,
            top: grid.top,
            ..self
        }
    }
}

impl Grid {
    pub fn rows(&self) -> i32 {
        (self.count as i32 + self.columns - 1) / self.columns
    }

    /// Where a cell is on the canvas, without its gap.
    pub fn cell(&self, index: u32) -> Rect {
        let (column, row) = (index as i32 % self.columns, index as i32 / self.columns);
        Rect {
            left: column * self.pitch - self.left,
            top: row * self.pitch - self.top,
            width: self.size,
            height: self.size,
        }
    }

    /// The cell at a point of the canvas; its gap belongs to it.
    pub fn hit(&self, x: i32, y: i32) -> Option<u32> {
        let column = (x + self.left).div_euclid(self.pitch);
        let row = (y + self.top).div_euclid(self.pitch);
        if column < 0 || column >= self.columns || row < 0 {
            return None;
        }
        let index = (row as u32).checked_mul(self.columns as u32)? + column as u32;
        (index < self.count).then_some(index)
    }

    /// The cells that can be seen, row by row.
    pub fn visible(&self) -> impl Iterator<Item = u32> + use<> {
        let grid = *self;
        let first_row = (grid.top / grid.pitch).clamp(0, grid.rows());
        let end_row = ((grid.top + grid.height) / grid.pitch + 1).clamp(first_row, grid.rows());
        let first = (grid.left / grid.pitch).clamp(0, grid.columns);
        let end = ((grid.left + grid.width) / grid.pitch + 1).clamp(first, grid.columns);
        (first_row..end_row)
            .flat_map(move |row| {
                (first..end).map(move |column| (row * grid.columns + column) as u32)
            })
            .filter(move |index| *index < grid.count)
    }

    pub fn is_visible(&self, index: u32) -> bool {
        let cell = self.cell(index);
        cell.left + self.pitch > 0
            && cell.left < self.width
            && cell.top + self.pitch > 0
            && cell.top < self.height
    }

    /// Where the cursor goes from a cell; it stays at an edge.
    pub fn step(&self, from: u32, step: Step) -> u32 {
        let last = self.count.saturating_sub(1);
        let from = from.min(last);
        let columns = self.columns as u32;
        let row_start = from - from % columns;
        let row_end = (row_start + columns - 1).min(last);
        match step {
            Step::Left => from.saturating_sub(1).max(row_start),
            Step::Right => (from + 1).min(row_end),
            Step::Up => from.checked_sub(columns).unwrap_or(from),
            Step::Down if from + columns <= last => from + columns,
            Step::Down => from,
            Step::RowStart => row_start,
            Step::RowEnd => row_end,
            Step::First => 0,
            Step::Last => last,
        }
    }
}

/// The largest pitch with which all cells are within width and height.
fn fit(count: u32, width: i32, height: i32, max: i32) -> i32 {
    let max = max.clamp(PITCH_MIN, width.max(PITCH_MIN));
    (PITCH_MIN..=max)
        .rev()
        .find(|pitch| i64::from(width / pitch) * i64::from(height / pitch) >= i64::from(count))
        .unwrap_or(PITCH_MIN)
}

fn gap(pitch: i32) -> i32 {
    match pitch {
        ..=2 => 0,
        3..=8 => 1,
        9..=19 => 2,
        20..=47 => 3,
        _ => 4,
    }
}

/// Where space goes that the cells don't need.
enum Spare {
    /// To both sides.
    Both,
    /// Above, but no more than this; the rest below.
    Above(i32),
}

fn offset(wanted: i32, content: i32, room: i32, spare: Spare) -> i32 {
    match spare {
        _ if content > room => wanted.clamp(0, content - room),
        Spare::Both => -(room - content) / 2,
        Spare::Above(most) => -((room - content) / 2).min(most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn camera(width: i32, height: i32) -> Camera {
        Camera::default().after(
            Move::Resize {
                width,
                height,
                percent: 100,
            },
            0,
        )
    }

    #[track_caller]
    fn check(count: u32, camera: Camera, expect: Expect) {
        let grid = camera.grid(count);
        expect.assert_eq(&format!(
            "{} x {} cells of {}+{} from {},{}{}",
            grid.columns,
            grid.rows(),
            grid.size,
            grid.pitch - grid.size,
            grid.left,
            grid.top,
            if grid.is_zoomed { " zoomed" } else { "" }
        ));
    }

    #[test]
    fn all_cells_fit_as_large_as_they_can_be() {
        check(
            3,
            camera(1200, 700),
            expect!["3 x 1 cells of 41+3 from -534,-6"],
        );
        check(
            500,
            camera(1200, 700),
            expect!["30 x 17 cells of 37+3 from 0,-6"],
        );
        check(
            5_000,
            camera(1200, 700),
            expect!["100 x 50 cells of 10+2 from 0,-6"],
        );
        check(
            15_000,
            camera(1200, 700),
            expect!["171 x 88 cells of 6+1 from -1,-6"],
        );
        check(
            5_000,
            camera(360, 420),
            expect!["72 x 70 cells of 4+1 from 0,-6"],
        );
    }

    #[test]
    fn what_cannot_fit_can_be_panned() {
        let camera = camera(100, 100);
        check(
            15_000,
            camera,
            expect!["50 x 300 cells of 2+0 from 0,0 zoomed"],
        );
        check(
            15_000,
            camera.after(Move::Pan { dx: 0, dy: -9999 }, 15_000),
            expect!["50 x 300 cells of 2+0 from 0,500 zoomed"],
        );
    }

    #[test]
    fn nothing_at_all_is_no_trouble() {
        check(
            0,
            Camera::default(),
            expect!["1 x 0 cells of 2+0 from 0,0 zoomed"],
        );
        let grid = Camera::default().grid(0);
        assert_eq!(grid.hit(0, 0), None);
        assert_eq!(grid.visible().count(), 0);
        assert_eq!(grid.step(0, Step::Down), 0);
    }

    #[test]
    fn every_cell_is_hit_where_it_is() {
        for count in [1, 7, 200, 5_000] {
            let mut camera = camera(640, 480);
            for by in [0, 100, 900] {
                camera = camera.after(Move::Zoom { x: 320, y: 240, by }, count);
                let grid = camera.grid(count);
                for index in 0..count {
                    let cell = grid.cell(index);
                    assert_eq!(grid.hit(cell.left, cell.top), Some(index));
                    let (right, bottom) = (cell.left + grid.pitch - 1, cell.top + grid.pitch - 1);
                    assert_eq!(grid.hit(right, bottom), Some(index));
                }
            }
        }
    }

    #[test]
    fn visible_cells_are_those_on_the_canvas() {
        let count = 5_000;
        let mut camera = camera(640, 480);
        for a_move in [
            Move::Zoom {
                x: 600,
                y: 30,
                by: 700,
            },
            Move::Pan { dx: 133, dy: -71 },
            Move::Fit,
        ] {
            camera = camera.after(a_move, count);
            let grid = camera.grid(count);
            let expect: Vec<u32> = (0..count).filter(|i| grid.is_visible(*i)).collect();
            assert_eq!(grid.visible().collect::<Vec<_>>(), expect, "{a_move:?}");
        }
    }

    #[test]
    fn zooming_keeps_the_cell_under_the_pointer() {
        let count = 5_000;
        let (x, y) = (400, 300);
        // As long as there is space beside the cells, they stay in the middle.
        let by = 128;
        let mut camera = camera(800, 600).after(Move::Zoom { x, y, by }, count);
        let under = camera.grid(count).hit(x, y);
        for _ in 0..40 {
            camera = camera.after(Move::Zoom { x, y, by: 64 }, count);
            assert_eq!(camera.grid(count).hit(x, y), under);
        }
        assert!(!camera.grid(count).can_grow);
        check(
            count,
            camera,
            expect!["88 x 57 cells of 128+4 from 5408,3988 zoomed"],
        );
    }

    #[test]
    fn zooming_out_ends_with_all_cells() {
        let count = 5_000;
        let start = camera(800, 600);
        let zoom = |camera: Camera, by: i32| camera.after(Move::Zoom { x: 9, y: 9, by }, count);
        let mut camera = start;
        for by in [64, 200, 3, -3, -100, -400, -20] {
            camera = zoom(camera, by);
        }
        assert_eq!(camera.grid(count), start.grid(count));
        assert!(!camera.grid(count).can_shrink);
    }

    #[test]
    fn small_turns_add_up() {
        let count = 5_000;
        let mut camera = camera(800, 600);
        for _ in 0..12 {
            camera = camera.after(Move::Zoom { x: 0, y: 0, by: 6 }, count);
        }
        check(
            count,
            camera,
            expect!["88 x 57 cells of 10+2 from 0,0 zoomed"],
        );
    }

    #[test]
    fn pinching_is_a_ratio() {
        let camera = camera(800, 600).after(
            Move::Pinch {
                x: 0,
                y: 0,
                pitch: 9,
                from: 100,
                to: 250,
            },
            5_000,
        );
        check(
            5_000,
            camera,
            expect!["88 x 57 cells of 20+3 from 0,0 zoomed"],
        );
    }

    #[test]
    fn panning_ends_at_the_edge() {
        let count = 5_000;
        let zoomed = camera(800, 600).after(
            Move::Zoom {
                x: 0,
                y: 0,
                by: 1024,
            },
            count,
        );
        for (dx, dy, expect) in [
            (
                9_999,
                9_999,
                expect!["88 x 57 cells of 42+3 from 0,0 zoomed"],
            ),
            (
                -99_999,
                -99_999,
                expect!["88 x 57 cells of 42+3 from 3160,1965 zoomed"],
            ),
            (-30, -40, expect!["88 x 57 cells of 42+3 from 30,40 zoomed"]),
        ] {
            check(count, zoomed.after(Move::Pan { dx, dy }, count), expect);
        }
        // At an edge, the way back is as long as it looks.
        let there_and_back = zoomed
            .after(Move::Pan { dx: 9_999, dy: 0 }, count)
            .after(Move::Pan { dx: -1, dy: 0 }, count);
        assert_eq!(there_and_back.grid(count).left, 1);
    }

    #[test]
    fn revealing_moves_no_further_than_needed() {
        let count = 5_000;
        let mut camera = camera(800, 600).after(
            Move::Zoom {
                x: 0,
                y: 0,
                by: 1024,
            },
            count,
        );
        assert_eq!(camera.after(Move::Reveal { index: 0 }, count), camera);
        for index in [4_999, 4_998, 0, 2_500, 87, 4_912] {
            camera = camera.after(Move::Reveal { index }, count);
            let grid = camera.grid(count);
            let cell = grid.cell(index);
            assert!(
                cell.left >= 0 && cell.left + cell.width <= grid.width,
                "{cell:?}"
            );
            assert!(
                cell.top >= 0 && cell.top + cell.height <= grid.height,
                "{cell:?}"
            );
            assert_eq!(camera.after(Move::Reveal { index }, count), camera);
        }
    }

    #[test]
    fn more_nodes_keep_the_zoom() {
        let zoomed = camera(800, 600).after(
            Move::Zoom {
                x: 400,
                y: 300,
                by: 1024,
            },
            5_000,
        );
        assert_eq!(zoomed.grid(5_000).pitch, zoomed.grid(5_010).pitch);
    }

    #[test]
    fn the_cursor_stays_in_the_grid() {
        let grid = camera(310, 360).grid(50);
        assert_eq!(grid.columns, 7);
        for (from, step, to) in [
            (0, Step::Left, 0),
            (0, Step::Right, 1),
            (6, Step::Right, 6),
            (49, Step::Right, 49),
            (7, Step::Left, 7),
            (3, Step::Up, 3),
            (10, Step::Up, 3),
            (3, Step::Down, 10),
            (45, Step::Down, 45),
            (10, Step::RowStart, 7),
            (10, Step::RowEnd, 13),
            (49, Step::RowEnd, 49),
            (20, Step::First, 0),
            (20, Step::Last, 49),
            (4_000, Step::Left, 49),
        ] {
            assert_eq!(grid.step(from, step), to, "{step:?} from {from}");
        }
    }
}
