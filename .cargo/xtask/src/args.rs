//! The command line: what was asked for, as data.

use crate::{env::Result, test};

#[derive(Debug, PartialEq)]
pub enum Command {
    Help,
    Setup,
    Build,
    Serve(ServeOptions),
    Size {
        /// Where the bytes are, instead of how large each file is.
        table: bool,
    },
    Shots(Vec<String>),
    Test(Vec<test::Stage>),
}

#[derive(Debug, PartialEq)]
pub struct ServeOptions {
    /// Rebuild and reload at each change.
    pub dev: bool,
    /// Serve what is in `dist/` as it is.
    pub no_build: bool,
    /// Where to begin looking for a free port; 0 lets the system choose.
    pub port: u16,
    /// The folder of the site that the page is in, such as `/` or `/some/folder/`.
    pub at: String,
}

pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Command> {
    let mut args = args.into_iter();
    let Some(name) = args.next() else {
        return Ok(Command::Help);
    };
    let mut rest = args.peekable();
    let command = match name.as_str() {
        "help" | "--help" | "-h" => return Ok(Command::Help),
        "serve" => Command::Serve(serve(&mut rest)?),
        "test" => Command::Test(stages(&mut rest)?),
        "shots" => Command::Shots(rest.by_ref().collect()),
        "setup" => Command::Setup,
        "build" => Command::Build,
        "size" => Command::Size {
            table: rest.next_if_eq("--table").is_some(),
        },
        other => {
            return Err(format!(
                "unknown command {other:?}; `cargo xtask help` lists them"
            ));
        }
    };
    match rest.next() {
        Some(extra) => Err(format!(
            "`{name}` doesn't take {extra:?}; `cargo xtask help` lists what it takes"
        )),
        None => Ok(command),
    }
}

fn serve(args: &mut impl Iterator<Item = String>) -> Result<ServeOptions> {
    let mut options = ServeOptions {
        dev: false,
        no_build: false,
        port: 8080,
        at: "/".to_owned(),
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--dev" => options.dev = true,
            "--no-build" => options.no_build = true,
            "--port" => {
                let value = args.next().ok_or("--port needs a number")?;
                options.port = value
                    .parse()
                    .map_err(|_| format!("--port {value}: not a port number"))?;
            }
            "--at" => {
                let value = args
                    .next()
                    .ok_or("--at needs a folder, such as /some/folder/")?;
                options.at = format!("/{}/", value.trim_matches('/')).replace("//", "/");
            }
            other => {
                return Err(format!(
                    "`serve` doesn't take {other:?}; `cargo xtask help` lists what it takes"
                ));
            }
        }
    }
    Ok(options)
}

/// The stages to run, in the order in which `Stage::ALL` has them.
fn stages(args: &mut impl Iterator<Item = String>) -> Result<Vec<test::Stage>> {
    let mut chosen = Vec::new();
    let mut skip_browser = false;
    for arg in args {
        if arg == "--skip-browser" {
            skip_browser = true;
        } else if let Some(stage) = test::Stage::ALL
            .into_iter()
            .find(|stage| stage.name() == arg)
        {
            chosen.push(stage);
        } else {
            return Err(format!(
                "`test` doesn't take {arg:?}; `cargo xtask help` lists what it takes"
            ));
        }
    }
    let wanted = |stage: &test::Stage| {
        (chosen.is_empty() || chosen.contains(stage)) && !(skip_browser && stage.needs_browser())
    };
    Ok(test::Stage::ALL.into_iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn serve_takes_a_folder_with_or_without_slashes() {
        for line in ["serve --at a/b", "serve --at /a/b/"] {
            let Ok(Command::Serve(options)) = check(line) else {
                panic!("{line}")
            };
            assert_eq!(options.at, "/a/b/");
        }
        let Ok(Command::Serve(options)) = check("serve --at / --port 0") else {
            panic!()
        };
        assert_eq!((options.at.as_str(), options.port), ("/", 0));
    }

    #[test]
    fn size_prints_files_or_a_table() {
        assert_eq!(check("size"), Ok(Command::Size { table: false }));
        assert_eq!(check("size --table"), Ok(Command::Size { table: true }));
    }

    #[test]
    fn stages_keep_their_order() {
        assert_eq!(
            check("test page native"),
            Ok(Command::Test(vec![test::Stage::Native, test::Stage::Page]))
        );
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for line in [
            "sevre",
            "build now",
            "size --tabel",
            "serve --prot 1",
            "serve --port x",
            "test everything",
        ] {
            assert!(check(line).is_err(), "{line}");
        }
    }
}
