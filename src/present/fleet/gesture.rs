//! What pointers mean: a tap, a drag, or two fingers that pinch.

/// The pointers that are down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gesture {
    pointers: Vec<Pointer>,
    /// Whether this has become more than a tap.
    has_moved: bool,
    /// The cells' pitch when the second finger came down, and how far apart the fingers were.
    pinch: Option<(i32, i32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pointer {
    id: i32,
    start: (i32, i32),
    at: (i32, i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Nothing,
    Tap {
        x: i32,
        y: i32,
    },
    Pan {
        dx: i32,
        dy: i32,
    },
    /// See `grid::Move::Pinch`.
    Pinch {
        x: i32,
        y: i32,
        pitch: i32,
        from: i32,
        to: i32,
    },
}

/// A hand isn't steady: so far a tap may wander, in pixels.
const TAP_SLACK: i32 = 5;

impl Gesture {
    /// `pitch` is the present one of the cells.
    pub fn down(&mut self, id: i32, x: i32, y: i32, pitch: i32) {
        if self.pointers.is_empty() {
            self.has_moved = false;
        }
        self.pointers.retain(|pointer| pointer.id != id);
        self.pointers.push(Pointer {
            id,
            start: (x, y),
            at: (x, y),
        });
        if let [a, b] = self.pointers[..] {
            self.has_moved = true;
            self.pinch = Some((pitch, distance(a.at, b.at)));
        }
    }

    pub fn moved(&mut self, id: i32, x: i32, y: i32) -> Meaning {
        let Some(pointer) = self.pointers.iter_mut().find(|pointer| pointer.id == id) else {
            return Meaning::Nothing;
        };
        if !self.has_moved && distance(pointer.start, (x, y)) <= TAP_SLACK {
            return Meaning::Nothing;
        }
        self.has_moved = true;
        let (dx, dy) = (x - pointer.at.0, y - pointer.at.1);
        pointer.at = (x, y);
        match (&self.pointers[..], self.pinch) {
            ([_], _) => Meaning::Pan { dx, dy },
            ([a, b], Some((pitch, from))) => Meaning::Pinch {
                x: (a.at.0 + b.at.0) / 2,
                y: (a.at.1 + b.at.1) / 2,
                pitch,
                from: from.max(1),
                to: distance(a.at, b.at).max(1),
            },
            _ => Meaning::Nothing,
        }
    }

    pub fn up(&mut self, id: i32, x: i32, y: i32) -> Meaning {
        let was_down = self.pointers.iter().any(|pointer| pointer.id == id);
        self.cancel(id);
        if was_down && self.pointers.is_empty() && !self.has_moved {
            Meaning::Tap { x, y }
        } else {
            Meaning::Nothing
        }
    }

    /// The pointer is gone without having been lifted.
    pub fn cancel(&mut self, id: i32) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.pinch = None;
    }

    pub fn is_active(&self) -> bool {
        !self.pointers.is_empty()
    }
}

fn distance(a: (i32, i32), b: (i32, i32)) -> i32 {
    let (dx, dy) = (i64::from(a.0 - b.0), i64::from(a.1 - b.1));
    (dx * dx + dy * dy).isqrt() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Do {
        Down(i32, i32, i32),
        Move(i32, i32, i32),
        Up(i32, i32, i32),
    }
    use Do::*;

    #[track_caller]
    fn check(steps: &[Do], expect: &[Meaning]) {
        let mut gesture = Gesture::default();
        let mut meanings = Vec::new();
        for step in steps {
            let meaning = match *step {
                Down(id, x, y) => {
                    gesture.down(id, x, y, 10);
                    Meaning::Nothing
                }
                Move(id, x, y) => gesture.moved(id, x, y),
                Up(id, x, y) => gesture.up(id, x, y),
            };
            if meaning != Meaning::Nothing {
                meanings.push(meaning);
            }
        }
        assert_eq!(meanings, expect);
        assert!(!gesture.is_active());
    }

    #[test]
    fn a_tap_may_wander_a_little() {
        check(
            &[Down(1, 50, 50), Move(1, 53, 51), Up(1, 53, 51)],
            &[Meaning::Tap { x: 53, y: 51 }],
        );
    }

    #[test]
    fn a_drag_pans_and_does_not_tap() {
        check(
            &[
                Down(1, 50, 50),
                Move(1, 70, 40),
                Move(1, 71, 40),
                Up(1, 71, 40),
            ],
            &[
                Meaning::Pan { dx: 20, dy: -10 },
                Meaning::Pan { dx: 1, dy: 0 },
            ],
        );
    }

    #[test]
    fn two_fingers_pinch_about_their_middle() {
        check(
            &[
                Down(1, 100, 100),
                Down(2, 200, 100),
                Move(2, 300, 100),
                Up(2, 300, 100),
                Move(1, 90, 100),
                Up(1, 90, 100),
            ],
            &[
                Meaning::Pinch {
                    x: 200,
                    y: 100,
                    pitch: 10,
                    from: 100,
                    to: 200,
                },
                Meaning::Pan { dx: -10, dy: 0 },
            ],
        );
    }

    #[test]
    fn a_pointer_that_only_hovers_means_nothing() {
        check(&[Move(1, 5, 5), Up(1, 5, 5)], &[]);
    }

    #[test]
    fn a_tap_after_a_drag_is_a_tap() {
        check(
            &[
                Down(1, 0, 0),
                Move(1, 90, 0),
                Up(1, 90, 0),
                Down(1, 5, 5),
                Up(1, 5, 5),
            ],
            &[Meaning::Pan { dx: 90, dy: 0 }, Meaning::Tap { x: 5, y: 5 }],
        );
    }
}
