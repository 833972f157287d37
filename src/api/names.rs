//! Rules for names, labels and other short texts, with upstream's exact explanations.
//!
//! Each function returns what is wrong with a text: nothing, or one explanation a rule.
//!
//! Models: k8s.io/apimachinery/pkg/util/validation/validation.go and pkg/api/validate/content.

const LABEL_FORM: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN_FORM: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QUALIFIED_FORM: &str = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_FORM: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const PERCENT_FORM: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const CONFIG_KEY_FORM: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
const HEADER_FORM: &str = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
const ENV_NAME_FORM: &str = "a valid environment variable name must consist only of printable ASCII characters other than '='";

pub const LABEL_LENGTH_MAX: usize = 63;
pub const SUBDOMAIN_LENGTH_MAX: usize = 253;

/// Explains that a part of a label is too long.
pub fn too_long(max: usize) -> String {
    format!("must be no more than {max} bytes")
}

/// The same of other names: upstream words it in another way there.
fn too_many(max: usize) -> String {
    format!("must be no more than {max} characters")
}

/// Explains that a number is out of range.
pub fn not_between(low: i64, high: i64) -> String {
    format!("must be between {low} and {high}, inclusive")
}

fn is_lower_alnum(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
fn has_label_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(a), Some(z)) if is_lower_alnum(*a) && is_lower_alnum(*z))
        && bytes.iter().all(|b| is_lower_alnum(*b) || *b == b'-')
}

/// `([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]`
fn has_qualified_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(a), Some(z)) if a.is_ascii_alphanumeric() && z.is_ascii_alphanumeric())
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

/// A DNS-1123 label: names of containers, volumes, namespaces.
pub fn dns_label(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > LABEL_LENGTH_MAX {
        errors.push(too_many(LABEL_LENGTH_MAX));
    }
    if !has_label_form(text) {
        if text.split('.').all(has_label_form) {
            errors.push("must not contain dots".to_owned());
        } else {
            errors.push(LABEL_FORM.to_owned());
        }
    }
    errors
}

/// A DNS-1123 subdomain: names of most objects.
pub fn dns_subdomain(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > SUBDOMAIN_LENGTH_MAX {
        errors.push(too_many(SUBDOMAIN_LENGTH_MAX));
    }
    if !text.split('.').all(has_label_form) {
        errors.push(SUBDOMAIN_FORM.to_owned());
    }
    errors
}

/// The key of a label, an annotation or a taint: `[prefix/]name`.
///
/// Models: validation.IsQualifiedName.
pub fn label_key(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => name,
        [prefix, name] => {
            if prefix.is_empty() {
                errors.push("prefix part must be non-empty".to_owned());
            } else {
                errors.extend(
                    dns_subdomain(prefix)
                        .iter()
                        .map(|e| format!("prefix part {e}")),
                );
            }
            name
        }
        _ => {
            return vec![format!(
                "a qualified name {QUALIFIED_FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        errors.push("name part must be non-empty".to_owned());
    } else if name.len() > LABEL_LENGTH_MAX {
        errors.push(format!("name part {}", too_long(LABEL_LENGTH_MAX)));
    }
    if !has_qualified_form(name) {
        errors.push(format!("name part {QUALIFIED_FORM}"));
    }
    errors
}

pub fn label_value(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > LABEL_LENGTH_MAX {
        errors.push(too_long(LABEL_LENGTH_MAX));
    }
    if !text.is_empty() && !has_qualified_form(text) {
        errors.push(LABEL_VALUE_FORM.to_owned());
    }
    errors
}

/// `25%`; more than 100 % is another question.
pub fn percent(text: &str) -> Vec<String> {
    let digits = text.strip_suffix('%').unwrap_or("");
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        Vec::new()
    } else {
        vec![PERCENT_FORM.to_owned()]
    }
}

/// A name of a port (IANA_SVC_NAME).
pub fn port_name(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > 15 {
        errors.push(too_many(15));
    }
    if text.is_empty() || !text.bytes().all(|b| is_lower_alnum(b) || b == b'-') {
        errors.push(
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned(),
        );
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        errors.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        errors.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        errors.push("must not begin or end with a hyphen".to_owned());
    }
    errors
}

pub fn port_number(number: i64) -> Vec<String> {
    if (1..=65535).contains(&number) {
        Vec::new()
    } else {
        vec![not_between(1, 65535)]
    }
}

/// A user or group id.
pub fn unix_id(id: i64) -> Vec<String> {
    if (0..=i64::from(i32::MAX)).contains(&id) {
        Vec::new()
    } else {
        vec![not_between(0, i64::from(i32::MAX))]
    }
}

/// Models: validation.IsRelaxedEnvVarName.
pub fn env_name(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    if text
        .bytes()
        .all(|b| (b' '..=b'~').contains(&b) && b != b'=')
    {
        Vec::new()
    } else {
        vec![ENV_NAME_FORM.to_owned()]
    }
}

/// A key of a ConfigMap or Secret.
pub fn config_key(text: &str) -> Vec<String> {
    let mut errors = Vec::new();
    if text.len() > SUBDOMAIN_LENGTH_MAX {
        errors.push(too_many(SUBDOMAIN_LENGTH_MAX));
    }
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if text.is_empty() || !text.bytes().all(known) {
        errors.push(CONFIG_KEY_FORM.to_owned());
    }
    if text == "." || text == ".." {
        errors.push(format!("must not be '{text}'"));
    } else if text.starts_with("..") {
        errors.push("must not start with '..'".to_owned());
    }
    errors
}

pub fn http_header_name(text: &str) -> Vec<String> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        Vec::new()
    } else {
        vec![HEADER_FORM.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(errors: Vec<String>, expect: &[&str]) {
        assert_eq!(errors, expect);
    }

    #[test]
    fn labels_and_subdomains() {
        check(dns_label("my-name"), &[]);
        check(dns_label("a.b"), &["must not contain dots"]);
        check(dns_label("A"), &[LABEL_FORM]);
        check(dns_label(""), &[LABEL_FORM]);
        check(
            dns_label(&"a".repeat(64)),
            &["must be no more than 63 characters"],
        );
        check(dns_subdomain("a.b-c.0"), &[]);
        check(dns_subdomain("a..b"), &[SUBDOMAIN_FORM]);
        check(dns_subdomain("é"), &[SUBDOMAIN_FORM]);
        check(
            dns_subdomain(&"a".repeat(254)),
            &["must be no more than 253 characters"],
        );
    }

    #[test]
    fn label_keys_and_values() {
        check(label_key("app"), &[]);
        check(label_key("node-role.kubernetes.io/control-plane"), &[]);
        check(
            label_key(""),
            &[
                "name part must be non-empty",
                &format!("name part {QUALIFIED_FORM}"),
            ],
        );
        check(label_key("/a"), &["prefix part must be non-empty"]);
        check(
            label_key("A/a"),
            &[&format!("prefix part {SUBDOMAIN_FORM}")],
        );
        check(
            label_key(&"a".repeat(64)),
            &["name part must be no more than 63 bytes"],
        );
        assert!(label_key("a/b/c")[0].starts_with("a qualified name must consist"));
        check(label_value(""), &[]);
        check(label_value("1.2_3-x"), &[]);
        check(label_value("-x-"), &[LABEL_VALUE_FORM]);
        check(
            label_value(&"-".repeat(64)),
            &["must be no more than 63 bytes", LABEL_VALUE_FORM],
        );
    }

    #[test]
    fn ports_percents_and_others() {
        check(port_name("http-1"), &[]);
        check(port_name("80"), &["must contain at least one letter (a-z)"]);
        check(port_name("a--b"), &["must not contain consecutive hyphens"]);
        check(port_name("a-"), &["must not begin or end with a hyphen"]);
        check(
            port_name("far-too-long-name"),
            &["must be no more than 15 characters"],
        );
        assert_eq!(port_name("").len(), 2);
        check(port_number(65535), &[]);
        check(port_number(0), &["must be between 1 and 65535, inclusive"]);
        check(percent("05%"), &[]);
        check(percent("%"), &[PERCENT_FORM]);
        check(percent("5"), &[PERCENT_FORM]);
        check(env_name("MY_VAR.1"), &[]);
        check(env_name("a=b"), &[ENV_NAME_FORM]);
        check(config_key(".."), &["must not be '..'"]);
        check(config_key("a b"), &[CONFIG_KEY_FORM]);
        check(http_header_name("X-A"), &[]);
        check(
            unix_id(-1),
            &["must be between 0 and 2147483647, inclusive"],
        );
    }
}
