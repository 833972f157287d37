//! What a cell looks like: a few rectangles, so that states differ by form and not by colour alone.
//!
//! A pod fills its cell as it comes up, and shrinks when it goes.
//! A pod of an old revision has a notch in its upper right corner.
//! Canvas and legend draw from the same rectangles, so the legend can't be wrong.

use super::{CellRevision, CellState};

/// In pixels of the screen, from the cell's upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rect {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

/// The rectangles of a cell of that many pixels; they don't overlap.
///
/// Below 5 pixels not all forms differ, and colour has to do: one can zoom.
pub fn shape(state: CellState, revision: CellRevision, size: i32) -> Vec<Rect> {
    let size = size.max(1);
    let mut rects = form(state, size);
    if revision == CellRevision::Old {
        let notch = match (state, &rects[..]) {
            // One of its four parts is a notch already.
            (CellState::Failed, [_, upper_right, ..]) => *upper_right,
            _ => notch(&rects, size),
        };
        let cut: Vec<_> = rects
            .iter()
            .flat_map(|rect| without(*rect, notch))
            .collect();
        // Of a single pixel nothing would be left.
        if !cut.is_empty() {
            rects = cut;
        }
    }
    rects.retain(|rect| rect.width > 0 && rect.height > 0);
    rects
}

/// How large each of two pods on one node is drawn: the one to watch lower right, the other upper left.
pub fn small(size: i32) -> i32 {
    ((size - (size / 8).max(1)) / 2).max(1)
}

fn form(state: CellState, size: i32) -> Vec<Rect> {
    let line = (size / 7).max(1);
    let all = rect(0, 0, size, size);
    if size < 3 {
        return vec![all];
    }
    match state {
        CellState::Ready => vec![all],
        CellState::NotWanted => {
            let inset = (size * 3 / 8).max(size / 5 + 1);
            vec![inside(all, inset)]
        }
        CellState::Missing => frame(all, line),
        // As high as the pod has come.
        CellState::Pending => {
            let fill = (size / 3).max(1);
            vec![rect(0, size - fill, size, fill)]
        }
        CellState::Starting => {
            let fill = (size * 2 / 3).max(1);
            vec![rect(0, size - fill, size, fill)]
        }
        CellState::Terminating => vec![inside(all, (size / 5).max(1))],
        // Broken into four.
        CellState::Failed => {
            let gap = (size / 5).max(1);
            let half = (size - gap) / 2;
            let rest = size - gap - half;
            vec![
                rect(0, 0, half, half),
                rect(half + gap, 0, rest, half),
                rect(0, half + gap, half, rest),
                rect(half + gap, half + gap, rest, rest),
            ]
        }
        // Two bars with nothing between.
        CellState::NodeDown => {
            let bar = (size * 3 / 8).max(1);
            vec![rect(0, 0, size, bar), rect(0, size - bar, size, bar)]
        }
    }
}

/// The upper right corner of what is filled.
fn notch(rects: &[Rect], size: i32) -> Rect {
    let top = rects.iter().map(|rect| rect.top).min().unwrap_or(0);
    let right = rects.iter().map(|rect| rect.left + rect.width).max();
    let bottom = rects.iter().map(|rect| rect.top + rect.height).max();
    let (right, bottom) = (right.unwrap_or(size), bottom.unwrap_or(size));
    let width = (size * 2 / 5).max(1);
    let height = width.min((bottom - top) / 2).max(1);
    rect(right - width, top, width, height)
}

fn rect(left: i32, top: i32, width: i32, height: i32) -> Rect {
    Rect {
        left,
        top,
        width,
        height,
    }
}

fn inside(outer: Rect, by: i32) -> Rect {
    rect(
        outer.left + by,
        outer.top + by,
        (outer.width - 2 * by).max(1),
        (outer.height - 2 * by).max(1),
    )
}

fn frame(outer: Rect, line: i32) -> Vec<Rect> {
    let Rect {
        left,
        top,
        width,
        height,
    } = outer;
    let between = height - 2 * line;
    vec![
        rect(left, top, width, line),
        rect(left, top + height - line, width, line),
        rect(left, top + line, line, between),
        rect(left + width - line, top + line, line, between),
    ]
}

/// What is left of a rectangle when another is cut out: up to four pieces, above, left, right and below.
fn without(whole: Rect, cut: Rect) -> Vec<Rect> {
    let (right, bottom) = (whole.left + whole.width, whole.top + whole.height);
    let (cut_left, cut_top) = (cut.left.max(whole.left), cut.top.max(whole.top));
    let (cut_right, cut_bottom) = (
        (cut.left + cut.width).min(right),
        (cut.top + cut.height).min(bottom),
    );
    if cut_left >= cut_right || cut_top >= cut_bottom {
        return vec![whole];
    }
    let pieces = [
        rect(whole.left, whole.top, whole.width, cut_top - whole.top),
        rect(
            whole.left,
            cut_top,
            cut_left - whole.left,
            cut_bottom - cut_top,
        ),
        rect(cut_right, cut_top, right - cut_right, cut_bottom - cut_top),
        rect(whole.left, cut_bottom, whole.width, bottom - cut_bottom),
    ];
    pieces
        .into_iter()
        .filter(|piece| piece.width > 0 && piece.height > 0)
        .collect()
}

/// The rectangles as an SVG path.
pub fn path(rects: &[Rect]) -> String {
    let mut path = String::new();
    for rect in rects {
        let Rect {
            left,
            top,
            width,
            height,
        } = rect;
        path += &format!("M{left} {top}h{width}v{height}h-{width}z");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Draws the cells side by side, `#` where one pixel is filled, a digit where several rectangles lie over each other.
    fn picture(cells: &[(CellState, CellRevision)], size: i32) -> String {
        let side = size as usize;
        let mut rows = vec![String::new(); side];
        for (state, revision) in cells {
            let mut hits = vec![vec![0u32; side]; side];
            for rect in shape(*state, *revision, size) {
                for row in rect.top..rect.top + rect.height {
                    for column in rect.left..rect.left + rect.width {
                        hits[row as usize][column as usize] += 1;
                    }
                }
            }
            for (text, row) in rows.iter_mut().zip(hits) {
                if !text.is_empty() {
                    *text += "  ";
                }
                text.extend(row.into_iter().map(|hit| match hit {
                    0 => '.',
                    1 => '#',
                    more => char::from_digit(more, 10).unwrap(),
                }));
            }
        }
        rows.join("\n") + "\n"
    }

    #[track_caller]
    fn check(cells: &[(CellState, CellRevision)], size: i32, expect: Expect) {
        expect.assert_eq(&picture(cells, size));
    }

    fn without_revision() -> Vec<(CellState, CellRevision)> {
        CellState::ALL
            .map(|state| (state, CellRevision::None))
            .to_vec()
    }

    fn with_pod(revision: CellRevision) -> Vec<(CellState, CellRevision)> {
        CellState::ALL[2..]
            .iter()
            .map(|state| (*state, revision))
            .collect()
    }

    #[test]
    fn two_small_ones_have_room_side_by_side() {
        for size in 3..60 {
            assert!(2 * small(size) < size, "{size}");
        }
    }

    #[test]
    fn states_have_forms() {
        check(
            &without_revision(),
            10,
            expect![[r#"
                  ..........  ##########  ..........  ..........  ##########  ..........  ####..####  ##########
                  ..........  #........#  ..........  ..........  ##########  ..........  ####..####  ##########
                  ..........  #........#  ..........  ..........  ##########  ..######..  ####..####  ##########
                  ...####...  #........#  ..........  ..........  ##########  ..######..  ####..####  ..........
                  ...####...  #........#  ..........  ##########  ##########  ..######..  ..........  ..........
                  ...####...  #........#  ..........  ##########  ##########  ..######..  ..........  ..........
                  ...####...  #........#  ..........  ##########  ##########  ..######..  ####..####  ..........
                  ..........  #........#  ##########  ##########  ##########  ..######..  ####..####  ##########
                  ..........  #........#  ##########  ##########  ##########  ..........  ####..####  ##########
                  ..........  ##########  ##########  ##########  ##########  ..........  ####..####  ##########
            "#]],
        );
        check(
            &without_revision(),
            6,
            expect![[r#"
                  ......  ######  ......  ......  ######  ......  ##.###  ######
                  ......  #....#  ......  ......  ######  .####.  ##.###  ######
                  ..##..  #....#  ......  ######  ######  .####.  ......  ......
                  ..##..  #....#  ......  ######  ######  .####.  ##.###  ......
                  ......  #....#  ######  ######  ######  .####.  ##.###  ######
                  ......  ######  ######  ######  ######  ......  ##.###  ######
            "#]],
        );
    }

    #[test]
    fn an_old_revision_has_a_notch() {
        check(
            &with_pod(CellRevision::Old),
            10,
            expect![[r#"
                  ..........  ..........  ######....  ..........  ####......  ######....
                  ..........  ..........  ######....  ..........  ####......  ######....
                  ..........  ..........  ######....  ..##......  ####......  ######....
                  ..........  ..........  ######....  ..##......  ####......  ..........
                  ..........  ######....  ##########  ..##......  ..........  ..........
                  ..........  ######....  ##########  ..######..  ..........  ..........
                  ..........  ######....  ##########  ..######..  ####..####  ..........
                  ######....  ##########  ##########  ..######..  ####..####  ##########
                  ##########  ##########  ##########  ..........  ####..####  ##########
                  ##########  ##########  ##########  ..........  ####..####  ##########
            "#]],
        );
        check(
            &with_pod(CellRevision::Old),
            5,
            expect![[r#"
                  .....  .....  ###..  .....  ##...  ###..
                  .....  .....  ###..  .#...  ##...  .....
                  .....  ###..  #####  .###.  .....  .....
                  .....  #####  #####  .###.  ##.##  .....
                  ###..  #####  #####  .....  ##.##  #####
            "#]],
        );
    }

    #[test]
    fn a_new_revision_has_none() {
        for size in 1..60 {
            assert_eq!(
                picture(&with_pod(CellRevision::New), size),
                picture(&with_pod(CellRevision::None), size)
            );
        }
    }

    #[test]
    fn forms_differ_from_five_pixels_on_and_never_leave_the_cell_or_overlap() {
        for size in 1..100 {
            let mut seen = Vec::new();
            for state in CellState::ALL {
                for revision in [CellRevision::Old, CellRevision::New] {
                    if revision == CellRevision::Old && state < CellState::Pending {
                        continue;
                    }
                    let picture = picture(&[(state, revision)], size);
                    assert!(picture.contains('#'), "{state:?} {size}");
                    assert!(!picture.contains(char::is_numeric), "{picture}");
                    assert!(
                        size < 5 || !seen.contains(&picture),
                        "{state:?} {revision:?} at {size}:\n{picture}"
                    );
                    seen.push(picture);
                }
            }
        }
    }

    #[test]
    fn a_path_for_the_legend() {
        let rects = shape(CellState::Ready, CellRevision::Old, 10);
        expect!["M0 0h6v4h-6zM0 4h10v6h-10z"].assert_eq(&path(&rects));
    }
}
