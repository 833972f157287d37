//! Cuts the page's wasm into chunks, between what cargo builds and what wasm-bindgen makes of it.
//!
//! trunk knows no such step. So it finds this program under the name of wasm-bindgen first on its PATH; called so, we
//! cut, run the real one, and leave the chunks in `target/chunks`, where .cargo/xtask/page/finish.mjs takes them from.
//! What has no chunks, as in development, goes to wasm-bindgen as it is.

use std::{
    env::{self, consts::EXE_SUFFIX},
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::env::{Env, Result, run};

const NAME: &str = "wasm-bindgen";
const REAL: &str = "XTASK_WASM_BINDGEN";
const CLI: &str = "XTASK_WASM_SPLIT";
const OUT: &str = "XTASK_CHUNKS";
/// A name that is in every module that can be cut.
const MARK: &[u8] = b"__wasm_split_placeholder__";

/// trunk, with us in the place of wasm-bindgen.
pub fn trunk(env: &Env, cli: &Path) -> Result<Command> {
    let real = env.which(NAME).ok_or("wasm-bindgen is missing")?;
    let folder = env.tools.join("stand-in");
    let failed = |error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(failed)?;
    let own = env::current_exe().map_err(|error| error.to_string())?;
    fs::copy(own, folder.join(format!("{NAME}{EXE_SUFFIX}"))).map_err(failed)?;
    let mut trunk = env.command("trunk");
    let path = trunk.get_envs().find(|(name, _)| *name == "PATH");
    let path = path.and_then(|(_, value)| value.map(OsString::from));
    let path = path.unwrap_or_default();
    let path = env::join_paths([folder].into_iter().chain(env::split_paths(&path)));
    trunk
        .env("PATH", path.map_err(|error| error.to_string())?)
        .env(REAL, real)
        .env(CLI, cli)
        .env(OUT, env.root.join("target").join("chunks"));
    Ok(trunk)
}

/// Were we called as wasm-bindgen?
pub fn is_stand_in() -> bool {
    let name = env::args_os().next().map(PathBuf::from);
    name.is_some_and(|name| name.file_stem().is_some_and(|stem| stem == NAME))
}

/// Does what trunk asked wasm-bindgen for.
pub fn stand_in() -> Result<()> {
    let given = |name: &str| env::var_os(name).ok_or(format!("{name} isn't set"));
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let is_wasm = |arg: &&OsString| Path::new(arg).extension().is_some_and(|it| it == "wasm");
    let mut real = Command::new(given(REAL)?);
    let Some(input) = args.iter().find(is_wasm) else {
        return run(real.args(&args));
    };
    let out = PathBuf::from(given(OUT)?);
    // Chunks of another build don't fit this one.
    let _ = fs::remove_dir_all(&out);
    let bytes = fs::read(input).map_err(|error| format!("{}: {error}", input.display()))?;
    if !bytes.windows(MARK.len()).any(|some| some == MARK) {
        return run(real.args(&args));
    }
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let stem = Path::new(input).file_stem().unwrap_or_default();
    run(Command::new(given(CLI)?)
        .args(["--target", "web", "--out-name"])
        .arg(stem)
        .arg(input)
        .arg(&out))?;
    let main = out.join(Path::new(input).file_name().unwrap_or_default());
    let args = args.iter().map(|arg| match arg == input {
        true => main.as_os_str(),
        false => arg,
    });
    // The chunks share the table and the memory that the linker exports.
    run(real.args(args).arg("--keep-lld-exports"))?;
    fs::remove_file(&main).map_err(|error| format!("{}: {error}", main.display()))
}
