//! Chromium and chromedriver, which only tests need.
//!
//! `CHROMIUM` and `CHROMEDRIVER` in the environment name them; otherwise they are looked for.

use std::{
    env::var_os,
    path::{Path, PathBuf},
};

use crate::{
    env::{Env, Result},
    tools::say,
};

pub struct Browser {
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
}

/// Finds the browser, and installs it where that is possible: as root on Debian or Ubuntu.
pub fn ensure(env: &Env) -> Result<Browser> {
    if let Ok(browser) = find(env) {
        return Ok(browser);
    }
    if can_apt(env) {
        say(
            "installing Chromium and chromedriver by apt-get, for the tests (once; 1 to 3 minutes)",
        );
        let mut update = env.command("apt-get");
        crate::env::run(
            update
                .args(["update", "-qq"])
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
        let mut install = env.command("apt-get");
        crate::env::run(
            install
                .args([
                    "install",
                    "-y",
                    "-q",
                    "--no-install-recommends",
                    "chromium",
                    "chromium-driver",
                ])
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
    }
    find(env)
}

fn find(env: &Env) -> Result<Browser> {
    let how = "install Chromium or Chrome and its chromedriver (Debian: apt-get install chromium chromium-driver), \
               or name them in CHROMIUM and CHROMEDRIVER, or leave their tests out by --skip-browser";
    let chromium = find_program(
        env,
        "CHROMIUM",
        &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ],
        &[
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        ],
    );
    let chromedriver = find_program(
        env,
        "CHROMEDRIVER",
        &["chromedriver"],
        &[
            "/usr/lib/chromium/chromedriver",
            "/usr/lib/chromium-browser/chromedriver",
        ],
    );
    match (chromium, chromedriver) {
        (Some(chromium), Some(chromedriver)) => Ok(Browser {
            chromium,
            chromedriver,
        }),
        (None, _) => Err(format!("Chromium is missing; {how}")),
        (_, None) => Err(format!("chromedriver is missing; {how}")),
    }
}

fn find_program(env: &Env, variable: &str, names: &[&str], places: &[&str]) -> Option<PathBuf> {
    let named = var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_file());
    let on_path = || names.iter().find_map(|name| env.which(name));
    let placed = || places.iter().map(PathBuf::from).find(|path| path.is_file());
    named.or_else(on_path).or_else(placed)
}

fn can_apt(env: &Env) -> bool {
    Path::new("/etc/debian_version").exists()
        && env.which("apt-get").is_some()
        && env.output("id", &["-u"]).as_deref() == Some("0")
}
