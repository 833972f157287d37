//! View models: plain structs of what a screen needs, in the screen's words, and how they come from a session.
//!
//! A component gets one of these and asks nothing else. They are compared by value, so an unchanged part of the
//! screen isn't drawn again, and shared by `Rc`, so comparing is mostly comparing pointers.
//! Absent: Yew, state, and any field that a person wouldn't see or a message wouldn't need.

pub mod assumptions;
pub mod availability;
pub mod chart;
pub mod cluster;
pub mod compare;
pub mod console;
pub mod daemon_set;
pub mod editor;
pub mod events;
pub mod eye;
pub mod fleet;
pub mod groups;
pub mod legend;
pub mod marks;
pub mod node;
pub mod page;
pub mod pod;
pub mod race;
pub mod remedy;
pub mod rollout;
pub mod scene;
pub mod stage;
pub mod story;
pub mod timeline;
pub mod why;
pub mod words;
