//! Lets the linker keep in the page what wasm-split-cli needs to cut it into chunks.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let is_wasm = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if is_set("CARGO_FEATURE_SPLIT") && is_wasm {
        println!("cargo::rustc-link-arg-bin=playground=--emit-relocs");
    }
}
