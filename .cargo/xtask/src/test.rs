//! Every test, stage by stage; a failed stage doesn't keep the next ones from running.

use std::{fs, time::Instant};

use crate::{
    browser::{self, Browser},
    env::{Env, Result, run as run_command},
    page, tools,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// `cargo test`: the core, and components rendered without a browser.
    Native,
    /// Tests of this very program.
    Tools,
    /// tests/web.rs: wasm in Chromium.
    Web,
    /// The release build of the page.
    Build,
    /// tests/browser: the built page in Chromium.
    Page,
}

impl Stage {
    pub const ALL: [Stage; 5] = [
        Stage::Native,
        Stage::Tools,
        Stage::Web,
        Stage::Build,
        Stage::Page,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Stage::Native => "native",
            Stage::Tools => "tools",
            Stage::Web => "web",
            Stage::Build => "build",
            Stage::Page => "page",
        }
    }

    pub fn needs_browser(self) -> bool {
        matches!(self, Stage::Web | Stage::Page)
    }

    fn needs_tools(self) -> bool {
        matches!(self, Stage::Web | Stage::Build | Stage::Page)
    }
}

pub fn run(env: &Env, stages: &[Stage]) -> Result<()> {
    if stages.iter().any(|stage| stage.needs_tools()) {
        tools::ensure_all(env)?;
    }
    let browser = if stages.iter().any(|stage| stage.needs_browser()) {
        Some(browser::ensure(env)?)
    } else {
        None
    };

    let mut summary = Vec::new();
    let mut failed = 0;
    for stage in stages {
        tools::say(&format!("test stage {}", stage.name()));
        let begin = Instant::now();
        let result = run_stage(env, *stage, browser.as_ref());
        let seconds = begin.elapsed().as_secs();
        let verdict = match &result {
            Ok(()) => "passed".to_owned(),
            Err(message) => format!("FAILED: {message}"),
        };
        failed += usize::from(result.is_err());
        summary.push(format!("  {:<7} {seconds:>4} s  {verdict}", stage.name()));
    }
    println!("\nTests by stage:\n{}", summary.join("\n"));
    if failed == 0 {
        Ok(())
    } else {
        Err(format!("{failed} of {} test stages failed", stages.len()))
    }
}

fn run_stage(env: &Env, stage: Stage, browser: Option<&Browser>) -> Result<()> {
    match (stage, browser) {
        (Stage::Native, _) => env.run("cargo", &["test", "--locked"]),
        (Stage::Tools, _) => env.run(
            "cargo",
            &[
                "test",
                "--quiet",
                "--manifest-path",
                ".cargo/xtask/Cargo.toml",
            ],
        ),
        (Stage::Build, _) => page::build(env),
        (Stage::Web, Some(browser)) => {
            let mut cargo = env.command("cargo");
            cargo.args([
                "test",
                "--locked",
                "--target",
                "wasm32-unknown-unknown",
                "--test",
                "web",
            ]);
            run_command(cargo.env("CHROMEDRIVER", &browser.chromedriver))
        }
        (Stage::Page, Some(browser)) => {
            // In a folder, so that an address that should be relative and isn't fails here and not on somebody's site.
            let url = page::serve_in_background(env, "/some/folder/")?;
            let mut node = env.command("node");
            // Named one by one: what `node --test` makes of a folder differs between Node 20 and 22.
            node.args(["--test", "--test-reporter=spec"])
                .args(page_tests(env)?);
            run_command(
                node.env("PLAYGROUND_URL", url)
                    .env("CHROMIUM", &browser.chromium),
            )
        }
        (Stage::Web | Stage::Page, None) => Err("no browser was looked for".to_owned()),
    }
}

fn page_tests(env: &Env) -> Result<Vec<String>> {
    let folder = env.root.join("tests").join("browser");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut tests: Vec<_> = names
        .filter(|name| name.ends_with(".test.mjs"))
        .map(|name| format!("tests/browser/{name}"))
        .collect();
    tests.sort();
    if tests.is_empty() {
        Err("tests/browser has no *.test.mjs".to_owned())
    } else {
        Ok(tests)
    }
}
