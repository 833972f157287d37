//! Tests that need wasm in a browser: `cargo xtask test web` runs them in Chromium.
//!
//! Natively this file is empty.
#![cfg(target_arch = "wasm32")]

#[path = "common/trace_hash.rs"]
mod trace_hash;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn there_is_a_document() {
    assert!(
        web_sys::window()
            .and_then(|window| window.document())
            .is_some()
    );
}

#[wasm_bindgen_test]
fn the_fixed_history_has_the_hash_that_it_has_natively() {
    assert_eq!(trace_hash::trace_hash(), trace_hash::EXPECTED);
}
