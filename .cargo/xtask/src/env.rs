//! Folders, PATH, and running other programs.

use std::{
    env::{self, consts::EXE_SUFFIX},
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Every error ends up as one line for a person to read.
pub type Result<T> = std::result::Result<T, String>;

/// Where things are.
pub struct Env {
    /// The top of the clone.
    pub root: PathBuf,
    /// Programs that we installed, kept between runs.
    pub tools: PathBuf,
    /// The built page.
    pub dist: PathBuf,
}

impl Env {
    pub fn find() -> Result<Env> {
        // Asked for at run time, so that a clone can be moved.
        let xtask = env::var_os("CARGO_MANIFEST_DIR").ok_or("run this as `cargo xtask`")?;
        let root = Path::new(&xtask)
            .ancestors()
            .nth(2)
            .ok_or("xtask isn't in .cargo/xtask")?
            .to_owned();
        Ok(Env {
            tools: root.join(".tools"),
            dist: root.join("dist"),
            root,
        })
    }

    /// A program to be run at the top of the clone, with our tools before those of the system.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.which(program).unwrap_or_else(|| program.into()));
        command.current_dir(&self.root).env("PATH", self.path());
        // trunk 0.21 reads NO_COLOR=1 as `--no-color 1` and stops.
        command.env_remove("NO_COLOR");
        command
    }

    /// Runs a program, its output going where ours goes.
    pub fn run(&self, program: &str, args: &[&str]) -> Result<()> {
        run(self.command(program).args(args))
    }

    /// What a program prints, or nothing if it is missing or fails.
    pub fn output(&self, program: &str, args: &[&str]) -> Option<String> {
        let output = self
            .command(program)
            .args(args)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Where on our PATH a program is.
    pub fn which(&self, program: &str) -> Option<PathBuf> {
        let suffixes = if EXE_SUFFIX.is_empty() {
            &[""][..]
        } else {
            &[EXE_SUFFIX, ".cmd"][..]
        };
        env::split_paths(&self.path())
            .flat_map(|folder| {
                suffixes
                    .iter()
                    .map(move |suffix| folder.join(format!("{program}{suffix}")))
            })
            .find(|path| path.is_file())
    }

    fn path(&self) -> OsString {
        let ours = [
            self.tools.join("bin"),
            self.root.join("node_modules").join(".bin"),
        ];
        let theirs = env::var_os("PATH").unwrap_or_default();
        env::join_paths(ours.into_iter().chain(env::split_paths(&theirs))).unwrap_or(theirs)
    }
}

/// Runs a command to its end; anything but success is an error that names it.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let name = Path::new(&name)
        .file_stem()
        .map_or(name.clone(), |stem| stem.to_string_lossy().into_owned());
    let args: Vec<_> = command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .collect();
    let line = format!("{name} {}", args.join(" "));
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed ({status})")),
        Err(error) => Err(format!("`{line}` could not be run: {error}")),
    }
}
