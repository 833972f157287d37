//! Image names, ids and sizes as a container runtime would show them, and the errors of a pull.

use crate::sim::hash::fnv1a_64;

/// `my-image:latest` becomes `docker.io/library/my-image:latest`, as containerd reports it.
pub fn full_name(image: &str) -> String {
    let image = with_tag(image);
    match image.split_once('/') {
        None => format!("docker.io/library/{image}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => image,
        Some(_) => format!("docker.io/{image}"),
    }
}

fn with_tag(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    if image.contains('@') || last.contains(':') {
        image.to_owned()
    } else {
        format!("{image}:latest")
    }
}

/// `repository@sha256:…`, invented from the name.
pub fn image_id(image: &str) -> String {
    let full = full_name(image);
    let repository = match full.split_once('@') {
        Some((repository, _)) => repository,
        None => full.rsplit_once(':').map_or(full.as_str(), |(r, _)| r),
    };
    format!("{repository}@sha256:{}", hex_64(&full))
}

/// 64 hexadecimal digits that belong to a text.
pub fn hex_64(text: &str) -> String {
    (0..4_u8)
        .map(|i| format!("{:016x}", fnv1a_64(format!("{i}/{text}").as_bytes())))
        .collect()
}

/// Between 5 and 200 MB, invented from the name.
pub fn size_bytes(image: &str) -> u64 {
    5_000_000 + fnv1a_64(full_name(image).as_bytes()) % 195_000_000
}

/// Why a name is no image name at all; `None`: it is one.
///
/// Differs: looks for the two mistakes that people make, capital letters and blanks.
pub fn invalid_name(image: &str) -> Option<String> {
    let repository = with_tag(image);
    let repository = repository
        .split_once('@')
        .map_or(repository.as_str(), |(r, _)| r);
    let path = repository.rsplit_once(':').map_or(repository, |(r, _)| r);
    let path = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) => rest,
        _ => path,
    };
    let problem = if image.is_empty() || image.contains(char::is_whitespace) {
        "invalid reference format".to_owned()
    } else if path.contains(|c: char| c.is_ascii_uppercase()) {
        format!("invalid reference format: repository name ({path}) must be lowercase")
    } else {
        return None;
    };
    Some(format!(
        "Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {problem}"
    ))
}

/// What containerd says of an image that isn't there.
pub fn not_found(image: &str) -> String {
    let name = full_name(image);
    format!(
        "rpc error: code = NotFound desc = failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {name}: not found"
    )
}

/// A length of time as Go prints it: `350ms`, `2.5s`, `1m5.25s`.
pub fn go_duration(ms: u64) -> String {
    if ms < 1000 {
        return if ms == 0 {
            "0s".to_owned()
        } else {
            format!("{ms}ms")
        };
    }
    let (minutes, rest) = (ms / 60_000, ms % 60_000);
    let mut seconds = format!("{}.{:03}", rest / 1000, rest % 1000);
    seconds.truncate(seconds.trim_end_matches('0').trim_end_matches('.').len());
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds}s"),
        (0, m) => format!("{m}m{seconds}s"),
        (h, m) => format!("{h}h{m}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed() {
        for (image, full) in [
            ("my-image", "docker.io/library/my-image:latest"),
            ("grafana/loki:2", "docker.io/grafana/loki:2"),
            (
                "quay.io/prometheus/node-exporter:v1",
                "quay.io/prometheus/node-exporter:v1",
            ),
            ("localhost:5000/a", "localhost:5000/a:latest"),
            ("a@sha256:12", "docker.io/library/a@sha256:12"),
        ] {
            assert_eq!(full_name(image), full);
        }
        assert!(image_id("quay.io/a/b:1").starts_with("quay.io/a/b@sha256:"));
    }

    #[test]
    fn durations_look_like_go() {
        for (ms, text) in [
            (0, "0s"),
            (350, "350ms"),
            (2500, "2.5s"),
            (10_000, "10s"),
            (65_250, "1m5.25s"),
            (300_000, "5m0s"),
            (3_600_000, "1h0m0s"),
        ] {
            assert_eq!(go_duration(ms), text);
        }
    }

    #[test]
    fn capital_letters_are_no_image_name() {
        assert_eq!(invalid_name("quay.io/a:V1"), None);
        assert_eq!(
            invalid_name("MyImage").unwrap(),
            "Failed to apply default image tag \"MyImage\": couldn't parse image name \"MyImage\": invalid reference format: repository name (MyImage) must be lowercase"
        );
    }
}
