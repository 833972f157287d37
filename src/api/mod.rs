//! Kubernetes objects with upstream's field names: types, defaults, validation, selectors, YAML.
//!
//! Each type holds the fields that we simulate; every other field of a manifest is kept in `extra`, counts for the template hash and is written back.
//! Nothing here behaves over time.

pub mod apps;
pub mod core;
pub mod defaults;
pub mod int_or_percent;
pub mod meta;
pub mod node;
pub mod object;
pub mod pod;
pub mod quantity;
pub mod selector;
pub mod status;
pub mod taint;
pub mod validation;
