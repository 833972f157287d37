//! A static file server for the built page: GET and HEAD, one thread per request, this computer only.
//!
//! It can put the page into any folder of the site, because the page must work in any.
//! Deliberately absent: ranges, compression, caching, listing of folders.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Result, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

/// A browser's request head is a few hundred bytes.
const HEAD_BYTES_MAX: u64 = 64 * 1024;

/// Serves `dist` in the folder `at` (which begins and ends with a slash) for ever.
pub fn serve(listener: &TcpListener, dist: &Path, at: &str) {
    for stream in listener.incoming().flatten() {
        let (dist, at) = (dist.to_owned(), at.to_owned());
        std::thread::spawn(move || {
            // A browser that hangs up is no news.
            let _ = answer(stream, &dist, &at);
        });
    }
}

fn answer(mut stream: TcpStream, dist: &Path, at: &str) -> Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut lines = BufReader::new(stream.try_clone()?.take(HEAD_BYTES_MAX)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // Reading on to the empty line lets the browser finish before we answer.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let reply = if matches!(method, "GET" | "HEAD") {
        route(target, at)
    } else {
        Route::NotAllowed
    };
    let text = "text/plain; charset=utf-8";
    let (status, content_type, location, body) = match reply {
        Route::File(relative) => match read(dist, &relative) {
            Some(body) => ("200 OK", mime(&relative), None, body),
            None => ("404 Not Found", text, None, b"not found\n".to_vec()),
        },
        Route::Moved(location) => ("308 Permanent Redirect", text, Some(location), Vec::new()),
        Route::NotFound => ("404 Not Found", text, None, b"not found\n".to_vec()),
        Route::NotAllowed => (
            "405 Method Not Allowed",
            text,
            None,
            b"only GET and HEAD\n".to_vec(),
        ),
    };
    let location = location.map_or(String::new(), |location| {
        format!("Location: {location}\r\n")
    });
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n{location}\
         Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method != "HEAD" {
        stream.write_all(&body)?;
    }
    stream.flush()
}

#[derive(Debug, PartialEq)]
enum Route {
    /// A file, relative to the served folder; every part of it is a plain name.
    File(PathBuf),
    Moved(String),
    NotFound,
    NotAllowed,
}

/// Which file a request's target means.
fn route(target: &str, at: &str) -> Route {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let Some(rest) = path.strip_prefix(at) else {
        let is_folder_without_slash = !path.is_empty() && format!("{path}/") == at;
        return if is_folder_without_slash {
            Route::Moved(at.to_owned())
        } else {
            Route::NotFound
        };
    };
    let Some(rest) = percent_decode(rest) else {
        return Route::NotFound;
    };
    let mut file = PathBuf::new();
    let mut parts = rest.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "" if is_last => file.push("index.html"),
            // Also refuses what only looks like one name: `..`, `a\b`, `C:`.
            "" | "." | ".." => return Route::NotFound,
            _ if part.contains(['\\', ':', '\0']) => return Route::NotFound,
            _ => file.push(part),
        }
    }
    Route::File(file)
}

/// The file's bytes, unless it is missing or a link leads out of the served folder.
fn read(dist: &Path, relative: &Path) -> Option<Vec<u8>> {
    let dist = dist.canonicalize().ok()?;
    let file = dist.join(relative).canonicalize().ok()?;
    if file.starts_with(&dist) {
        fs::read(file).ok()
    } else {
        None
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digits = [bytes.next()?, bytes.next()?];
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(decoded).ok()
}

fn mime(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        // Browsers compile wasm while it arrives only if it says that it is wasm.
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" | "md" | "yaml" | "yml" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &str, at: &str, file: &str) {
        assert_eq!(
            route(target, at),
            Route::File(file.into()),
            "{target} at {at}"
        );
    }

    #[test]
    fn a_folder_means_its_index() {
        check("/", "/", "index.html");
        check("/a/?x=1", "/", "a/index.html");
        check("/some/folder/", "/some/folder/", "index.html");
    }

    #[test]
    fn files_are_found_below_the_folder_of_the_page() {
        check("/editor/editor.js?v=1", "/", "editor/editor.js");
        check("/some/folder/a%20b.css", "/some/folder/", "a b.css");
    }

    #[test]
    fn the_folder_without_its_slash_moves_on() {
        assert_eq!(
            route("/some/folder", "/some/folder/"),
            Route::Moved("/some/folder/".into())
        );
    }

    #[test]
    fn nothing_outside_is_served() {
        for target in [
            "/../x",
            "/%2e%2e/x",
            "/a/..%2f..%2fx",
            "/..\\x",
            "/C:/x",
            "/a//b",
            "/%00",
            "/%zz",
            "/%+1",
            "x",
            "",
        ] {
            assert_eq!(route(target, "/"), Route::NotFound, "{target}");
        }
        assert_eq!(route("/index.html", "/some/folder/"), Route::NotFound);
    }
}
