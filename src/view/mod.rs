//! What people see: Yew components, and every call to the browser.
//!
//! `root` owns the model; all other components are functions of their props.

pub mod root;
pub mod dispatch;
pub mod header;
pub mod editor_pane;
pub mod yaml_editor;
pub mod editor;
pub mod cluster;
pub mod fleet;
pub mod node_card;
pub mod node_form;
pub mod pod_tile;
pub mod daemon_set;
pub mod events;
pub mod why;
pub mod timeline;
pub mod dialog;
pub mod menu;
pub mod icons;
pub mod platform;
