//! What the build needs, found or installed: Rust's wasm target, trunk, wasm-bindgen and the npm packages.
//!
//! A program on PATH is taken if it has exactly the version that we want.
//! Otherwise cargo installs it into `.tools`, which is kept between runs.

use std::{
    env::consts::EXE_SUFFIX,
    fs,
    path::{Path, PathBuf},
};

use crate::env::{Env, Result};

const TRUNK: &str = "0.21.14";
/// Takes what `src/chunk.rs` declares out of the page.
const WASM_SPLIT: &str = "0.2.4";
const TARGET: &str = "wasm32-unknown-unknown";
const NODE_MAJOR_MIN: u32 = 20;

pub fn ensure_all(env: &Env) -> Result<()> {
    ensure_target(env)?;
    ensure_npm_packages(env)?;
    ensure_wasm_split(env)?;
    ensure_program(env, "trunk", "trunk", TRUNK)?;
    ensure_program(
        env,
        "wasm-bindgen",
        "wasm-bindgen-cli",
        &wasm_bindgen_version(env)?,
    )
}

fn ensure_target(env: &Env) -> Result<()> {
    let installed = env
        .output("rustc", &["--print", "target-libdir", "--target", TARGET])
        .is_some_and(|libdir| std::path::Path::new(&libdir).is_dir());
    if installed {
        return Ok(());
    }
    if env.which("rustup").is_none() {
        return Err(format!(
            "Rust's {TARGET} target is missing and so is rustup; install Rust from https://rustup.rs, or the target \
             by your system's packages"
        ));
    }
    say(&format!(
        "adding Rust's {TARGET} target by rustup (about 20 MB)"
    ));
    env.run("rustup", &["target", "add", TARGET])
}

/// `npm ci` into node_modules, unless it was done for just this lock file.
fn ensure_npm_packages(env: &Env) -> Result<()> {
    let how = format!(
        "install Node {NODE_MAJOR_MIN} or later, with npm, from https://nodejs.org or your system"
    );
    let node = env
        .output("node", &["--version"])
        .ok_or(format!("node is missing; {how}"))?;
    let major = node
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE_MAJOR_MIN) {
        return Err(format!("node is {node}, too old; {how}"));
    }
    let lock = env.root.join("package-lock.json");
    let lock = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let stamp = env.root.join("node_modules").join(".installed-from.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if env.which("npm").is_none() {
        return Err(format!("npm is missing; {how}"));
    }
    say("installing npm packages into node_modules (a few seconds, 130 MB)");
    env.run(
        "npm",
        &["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    )?;
    fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn ensure_program(env: &Env, program: &str, package: &str, version: &str) -> Result<()> {
    let found = env.output(program, &["--version"]);
    if found
        .as_deref()
        .is_some_and(|line| line.split_whitespace().nth(1) == Some(version))
    {
        return Ok(());
    }
    say(&format!(
        "installing {package} {version} into .tools by cargo (once; 3 to 8 minutes of compiling)"
    ));
    cargo_install(env, &env.tools, version, &[package])
}

/// It doesn't tell its version, so its folder does.
fn wasm_split_root(env: &Env) -> PathBuf {
    env.tools.join(format!("wasm-split-{WASM_SPLIT}"))
}

pub fn wasm_split(env: &Env) -> PathBuf {
    let bin = wasm_split_root(env).join("bin");
    bin.join(format!("wasm-split-cli{EXE_SUFFIX}"))
}

fn ensure_wasm_split(env: &Env) -> Result<()> {
    if wasm_split(env).is_file() {
        return Ok(());
    }
    say(&format!(
        "installing wasm-split-cli {WASM_SPLIT} into .tools by cargo (once; about a minute of compiling)"
    ));
    // Unoptimised it compiles in a fifth of the time, and splits the page in seconds all the same.
    let package = [
        "--debug",
        "--features",
        "build-binary",
        "wasm_split_cli_support",
    ];
    cargo_install(env, &wasm_split_root(env), WASM_SPLIT, &package)
}

/// Installs a program of this version into `root`; `package` is its package, with what cargo needs to know of it.
fn cargo_install(env: &Env, root: &Path, version: &str, package: &[&str]) -> Result<()> {
    let root = root.to_string_lossy();
    let install = [
        "install",
        "--locked",
        "--root",
        &*root,
        "--version",
        version,
    ];
    env.run("cargo", &[&install[..], package].concat())
}

/// The command line tool must match the crate to the last digit, so the lock file decides.
fn wasm_bindgen_version(env: &Env) -> Result<String> {
    let lock = env.root.join("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    version_in_lock(&lock, "wasm-bindgen")
        .ok_or_else(|| "Cargo.lock doesn't mention wasm-bindgen".to_owned())
}

fn version_in_lock(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

/// One line about what happens next.
pub fn say(line: &str) {
    eprintln!("xtask: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.128\"\n";
        assert_eq!(
            version_in_lock(lock, "wasm-bindgen").as_deref(),
            Some("0.2.128")
        );
        assert_eq!(version_in_lock(lock, "yew"), None);
    }
}
