//! What people see: Yew components, and every call to the browser.
//!
//! `root` owns the model; all other components are functions of their props.

pub mod add_node;
pub mod chart;
pub mod chunks;
pub mod cluster;
pub mod compare;
pub mod console;
pub mod daemon_set;
pub mod demo;
pub mod dialog;
pub mod dispatch;
pub mod editor;
pub mod editor_pane;
pub mod events;
pub mod eye;
pub mod fleet;
pub mod flight;
pub mod floating;
pub mod guide;
pub mod header;
pub mod icons;
pub mod legend;
pub mod menu;
pub mod node_card;
pub mod node_form;
pub mod places;
pub mod platform;
pub mod pod_tile;
pub mod race;
pub mod remedies;
pub mod ring;
pub mod root;
pub mod side;
pub mod static_page;
pub mod strip;
pub mod timeline;
pub mod why;
pub mod worker;
pub mod yaml_editor;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
