//! Where a box opens beside its button: below it if there is room, else above, and always inside the window.

/// Between the button and the box.
const GAP: f64 = 4.0;
/// Between the box and the window's edge.
const EDGE: f64 = 8.0;
/// Beside a button that is out of sight.
const ROOM_MIN: f64 = 96.0;

/// The button: its left edge, its top and its bottom.
pub struct Span {
    left: f64,
    top: f64,
    bottom: f64,
}

impl Span {
    pub fn new(left: f64, top: f64, bottom: f64) -> Span {
        Span { left, top, bottom }
    }
}

/// In pixels, from the window's edges; a box above its button stands on it, so that it grows upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub left: f64,
    pub top: Option<f64>,
    pub bottom: Option<f64>,
    /// It may be so high.
    pub room: f64,
}

pub fn place(button: &Span, (width, height): (f64, f64), window: (f64, f64)) -> Spot {
    let left = button.left.min(window.0 - EDGE - width).max(EDGE);
    // A button that was scrolled away counts as being at the edge.
    let highest = window.1 - EDGE - GAP - ROOM_MIN;
    let above = button.top.clamp(0.0, window.1.max(0.0)) - GAP - EDGE;
    let below = window.1 - button.bottom.min(highest).max(0.0) - GAP - EDGE;
    if height > below && above > below.max(ROOM_MIN) {
        return Spot {
            left,
            top: None,
            bottom: Some(window.1 - above - EDGE),
            room: above,
        };
    }
    Spot {
        left,
        top: Some(window.1 - below - EDGE),
        bottom: None,
        room: below,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: (f64, f64) = (1280.0, 720.0);

    #[track_caller]
    fn check(button: (f64, f64, f64), size: (f64, f64), window: (f64, f64)) -> Spot {
        let spot = place(&Span::new(button.0, button.1, button.2), size, window);
        let height = size.1.min(spot.room);
        let top = spot
            .top
            .unwrap_or_else(|| window.1 - spot.bottom.unwrap_or(0.0) - height);
        assert!(
            spot.left >= 0.0 && spot.left + size.0 <= window.0,
            "{spot:?}"
        );
        assert!(top >= 0.0 && top + height <= window.1, "{spot:?}");
        spot
    }

    #[test]
    fn it_opens_below_where_there_is_room() {
        let spot = check((100.0, 50.0, 78.0), (200.0, 300.0), DESKTOP);
        assert_eq!((spot.left, spot.top), (100.0, Some(82.0)));
    }

    #[test]
    fn at_the_bottom_it_stands_on_its_button() {
        let spot = check((100.0, 680.0, 708.0), (200.0, 300.0), DESKTOP);
        assert_eq!((spot.top, spot.bottom), (None, Some(44.0)));
    }

    #[test]
    fn at_the_right_it_moves_to_the_left() {
        assert_eq!(
            check((1250.0, 50.0, 78.0), (300.0, 300.0), DESKTOP).left,
            972.0
        );
    }

    #[test]
    fn what_is_too_high_scrolls_on_the_roomier_side() {
        let spot = check((10.0, 500.0, 544.0), (340.0, 2000.0), (390.0, 844.0));
        assert_eq!(spot.room, 488.0);
        let spot = check((10.0, 200.0, 244.0), (340.0, 2000.0), (390.0, 844.0));
        assert_eq!(spot.room, 588.0);
    }

    #[test]
    fn a_button_that_was_scrolled_away_keeps_its_box_in_the_window() {
        check((10.0, -400.0, -372.0), (200.0, 300.0), DESKTOP);
        check((10.0, 1400.0, 1428.0), (200.0, 300.0), DESKTOP);
        check((-900.0, 1400.0, 1428.0), (200.0, 300.0), DESKTOP);
    }
}
