//! The page: built by trunk, served, measured, photographed.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
};

use crate::{
    args::ServeOptions,
    browser,
    env::{Env, Result, run},
    server, split, tools,
};

/// The release build, into `dist/`.
pub fn build(env: &Env) -> Result<()> {
    // Everything that trunk could want to fetch is here by now; --offline makes sure.
    let mut trunk = split::trunk(env, &tools::wasm_split(env))?;
    run(trunk.args(["build", "--release", "--offline", "--features", "split"]))
}

/// Builds and serves until stopped.
pub fn serve(env: &Env, options: &ServeOptions) -> Result<()> {
    if !options.no_build {
        tools::ensure_all(env)?;
    }
    if options.dev {
        return serve_dev(env, options);
    }
    if !options.no_build {
        build(env)?;
    }
    require_built(env)?;
    let listener = listen(options.port)?;
    println!("{}", address(&listener, &options.at)?);
    server::serve(&listener, &env.dist, &options.at);
    Ok(())
}

fn serve_dev(env: &Env, options: &ServeOptions) -> Result<()> {
    // trunk opens the port itself; it is free a moment before.
    let port = listen(options.port)?
        .local_addr()
        .map_err(|error| error.to_string())?
        .port()
        .to_string();
    fs::create_dir_all(env.root.join("dist-dev")).map_err(|error| format!("dist-dev: {error}"))?;
    println!("http://127.0.0.1:{port}/");
    env.run(
        "trunk",
        &["serve", "--offline", "--port", &port, "--dist", "dist-dev"],
    )
}

/// Prints the size of each file and fails if the page has grown over its budget; or where the bytes of its code are.
pub fn size(env: &Env, table: bool) -> Result<()> {
    if table {
        return env.run("node", &[".cargo/xtask/page/table.mjs"]);
    }
    require_built(env)?;
    env.run("node", &[".cargo/xtask/page/size.mjs", "dist"])
}

/// Screenshots into the folder that is the first of `rest`.
pub fn shots(env: &Env, rest: &[String]) -> Result<()> {
    if rest.is_empty() {
        return Err("`shots` needs a folder to put the pictures in".to_owned());
    }
    tools::ensure_all(env)?;
    let browser = browser::ensure(env)?;
    build(env)?;
    let url = serve_in_background(env, "/")?;
    let mut node = env.command("node");
    node.arg("tests/browser/shots.mjs")
        .args(rest)
        .env("PLAYGROUND_URL", url)
        .env("CHROMIUM", browser.chromium);
    run(&mut node)
}

/// Serves the built page on a free port for as long as we live; gives its address.
pub fn serve_in_background(env: &Env, at: &str) -> Result<String> {
    require_built(env)?;
    let listener = listen(0)?;
    let url = address(&listener, at)?;
    let (dist, at) = (env.dist.clone(), at.to_owned());
    std::thread::spawn(move || server::serve(&listener, &dist, &at));
    Ok(url)
}

fn require_built(env: &Env) -> Result<()> {
    if env.dist.join("index.html").is_file() {
        return Ok(());
    }
    Err("there is no built page in dist/; run `cargo xtask build`".to_owned())
}

fn address(listener: &TcpListener, at: &str) -> Result<String> {
    let port = listener
        .local_addr()
        .map_err(|error| error.to_string())?
        .port();
    Ok(format!("http://127.0.0.1:{port}{at}"))
}

/// Takes the first free port from the one wanted; says so if it is another.
fn listen(wanted: u16) -> Result<TcpListener> {
    let last = wanted.saturating_add(100);
    for port in wanted..=last {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            if port != wanted {
                tools::say(&format!("port {wanted} is in use; taking {port}"));
            }
            return Ok(listener);
        }
    }
    Err(format!(
        "the ports {wanted} to {last} are all in use; choose another by --port"
    ))
}
