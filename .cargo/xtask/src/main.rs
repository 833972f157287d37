//! `cargo xtask`: builds, serves and tests the playground.
//!
//! Every command first makes sure of the tools that it needs and installs those that are missing, so that a fresh
//! clone needs nothing but Rust, Node 20 and npm.
//! It downloads by cargo, npm and (for the test browser, as root on Debian or Ubuntu) apt-get, and by nothing else.
//!
//! | file | does |
//! |---|---|
//! | `args` | what was asked for |
//! | `env` | folders, PATH and running other programs |
//! | `tools` | Rust target, trunk, wasm-bindgen, npm packages |
//! | `browser` | Chromium and chromedriver, for tests only |
//! | `page` | the release and the development build, and its size |
//! | `split` | the cut into chunks |
//! | `server` | the static file server |
//! | `test` | every test, stage by stage |

mod args;
mod browser;
mod env;
mod page;
mod server;
mod split;
mod test;
mod tools;

use args::Command;
use env::{Env, Result};

const HELP: &str = "\
cargo xtask serve [--dev] [--port N] [--at /folder/] [--no-build]
    Build the page and serve it on this computer. --dev: rebuild and reload at each change.
cargo xtask test [STAGE...] [--skip-browser]
    Run all tests, or only some stages: native, tools, web, build, page.
cargo xtask build
    Build the page into dist/.
cargo xtask size [--table]
    Print the sizes of the built page and check its budget. --table: where the bytes of its code are.
cargo xtask shots FOLDER [STATES.mjs]
    Build the page and take screenshots of it: see tests/browser/shots.mjs.
cargo xtask setup
    Only install what the other commands need.";

fn main() {
    if split::is_stand_in() {
        return end(split::stand_in());
    }
    let result = args::parse(std::env::args().skip(1)).and_then(run);
    end(result);
}

fn end(result: Result<()>) {
    if let Err(message) = result {
        eprintln!("error: {message}");
        std::process::exit(1);
    }
}

fn run(command: Command) -> Result<()> {
    let env = Env::find()?;
    match command {
        Command::Help => {
            println!("{HELP}");
            Ok(())
        }
        Command::Setup => {
            tools::ensure_all(&env)?;
            browser::ensure(&env)?;
            println!("everything is installed");
            Ok(())
        }
        Command::Build => {
            tools::ensure_all(&env)?;
            page::build(&env)
        }
        Command::Serve(options) => page::serve(&env, &options),
        Command::Size { table } => page::size(&env, table),
        Command::Shots(rest) => page::shots(&env, &rest),
        Command::Test(options) => test::run(&env, &options),
    }
}
