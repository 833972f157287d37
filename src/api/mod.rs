//! Kubernetes objects with upstream's field names: types, defaults, validation, selectors, YAML.
//!
//! Each type holds the fields that we simulate; every other field of a manifest is kept in `extra`, counts for the template hash and is written back.
//! Nothing here behaves over time.

// The objects.
pub mod meta;

pub mod int_or_percent;
pub mod json;
pub mod quantity;

pub mod pod;
pub mod pod_needs;

pub mod node;

pub mod apps;
pub mod core;

pub mod object;

// What they mean.
pub mod selector;
pub mod status;
pub mod taint;

// What may be in them.
pub mod go;
pub mod names;

pub mod kinds;
pub mod schema;

// Text in and out.
pub mod decode;
pub mod yaml;

// What the server makes of them.
pub mod defaults;
pub mod validation;
