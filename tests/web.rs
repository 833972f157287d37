//! Tests that need wasm in a browser: `cargo xtask test web` runs them in Chromium.
//!
//! Natively this file is empty.
#![cfg(target_arch = "wasm32")]

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
