//! Labels and taints as people type them, in kubectl's notation.

use crate::api::node::Taint;
use crate::api::taint::{NO_EXECUTE, NO_SCHEDULE, PREFER_NO_SCHEDULE};
use std::collections::BTreeMap;

/// `disk=ssd`, `disk=`, or `disk-`, which takes the label off. Whether key and value are allowed is for the API server to say.
pub fn label(text: &str) -> Result<BTreeMap<String, Option<String>>, String> {
    let text = text.trim();
    if let Some((key, value)) = text.split_once('=') {
        return Ok([(key.trim().to_owned(), Some(value.trim().to_owned()))].into());
    }
    match text.strip_suffix('-') {
        Some(key) if !key.is_empty() => Ok([(key.to_owned(), None)].into()),
        _ => Err("a label is key=value, as in disk=ssd".to_owned()),
    }
}

/// `key=value:Effect` or `key:Effect`.
///
/// Models: kubectl pkg/cmd/taint/utils.go, parseTaint.
pub fn taint(text: &str) -> Result<Taint, String> {
    let text = text.trim();
    let (rest, effect) = text
        .rsplit_once(':')
        .ok_or_else(|| format!("invalid taint spec: {text}; a taint is key=value:Effect, as in dedicated=db:{NO_SCHEDULE}"))?;
    if ![NO_SCHEDULE, PREFER_NO_SCHEDULE, NO_EXECUTE].contains(&effect) {
        return Err(format!(
            "invalid taint effect: {effect}, unsupported taint effect; there are {NO_SCHEDULE}, {PREFER_NO_SCHEDULE} and {NO_EXECUTE}"
        ));
    }
    let (key, value) = rest.split_once('=').unwrap_or((rest, ""));
    Ok(Taint {
        key: key.to_owned(),
        value: value.to_owned(),
        effect: effect.to_owned(),
        time_added: None,
    })
}

/// A node has one taint for each key and effect: a new value takes the old one's place.
pub fn with_taint(taints: &[Taint], taint: Taint) -> Vec<Taint> {
    let mut taints = taints.to_vec();
    match taints
        .iter_mut()
        .find(|t| t.key == taint.key && t.effect == taint.effect)
    {
        Some(known) => *known = taint,
        None => taints.push(taint),
    }
    taints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        assert_eq!(
            label(" disk=ssd "),
            Ok([("disk".to_owned(), Some("ssd".to_owned()))].into())
        );
        assert_eq!(
            label("disk="),
            Ok([("disk".to_owned(), Some(String::new()))].into())
        );
        assert_eq!(label("disk-"), Ok([("disk".to_owned(), None)].into()));
        assert!(label("disk").is_err() && label("").is_err() && label("-").is_err());
    }

    #[test]
    fn taints() {
        let text = |t: &str| taint(t).map(|t| crate::api::taint::to_string(&t));
        assert_eq!(text("a=b:NoSchedule"), Ok("a=b:NoSchedule".to_owned()));
        assert_eq!(text("a:NoExecute"), Ok("a:NoExecute".to_owned()));
        assert!(text("a=b").is_err() && text("a=b:Never").is_err());
    }

    #[test]
    fn the_same_key_and_effect_is_replaced() {
        let all = with_taint(
            &[taint("a=1:NoSchedule").unwrap_or_default()],
            taint("a=2:NoSchedule").unwrap_or_default(),
        );
        assert_eq!((all.len(), all[0].value.as_str()), (1, "2"));
    }
}
