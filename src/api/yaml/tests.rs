//! Tests of reading and writing YAML; serde_yaml is the independent second opinion.

use super::*;
use serde_json::{Value, json};

#[track_caller]
fn reads(text: &str, expect: Value) {
    let documents = parse(text).unwrap();
    assert_eq!(documents.len(), 1, "{text:?}");
    assert_eq!(documents[0].value(), expect, "{text:?}");
}

#[track_caller]
fn fails(text: &str, line: u32, message: &str) {
    let error = parse(text).unwrap_err();
    assert_eq!(
        (error.at.line, error.message.as_str()),
        (line, message),
        "{text:?}"
    );
}

#[track_caller]
fn prints(value: Value, expect: &str) {
    assert_eq!(to_string(&value), expect);
    assert_eq!(parse(expect).unwrap()[0].value(), value, "{expect}");
    let second: Value = serde_yaml::from_str(expect).unwrap();
    assert_eq!(second, value, "{expect}");
}

#[test]
fn reads_like_kubectl() {
    reads(
        "a: yes\nb: 'yes'\nc: 017\nd: ~\ne:\n",
        json!({"a": true, "b": "yes", "c": 15, "d": null, "e": null}),
    );
    reads(
        "on: 1\n2: b\n1.5: c\n",
        json!({"true": 1, "2": "b", "1.5": "c"}),
    );
    reads(
        "{\"a\": [1, 2.5, \"\\ud83d\\ude00\"]}",
        json!({"a": [1, 2.5, "😀"]}),
    );
    reads("{\n\t\"a\": 1\n}", json!({"a": 1}));
    reads("\u{feff}a: 1\r\nb: 2\r\n", json!({"a": 1, "b": 2}));
    reads(
        "a: &x {k: 1}\nb: *x\n",
        json!({"a": {"k": 1}, "b": {"k": 1}}),
    );
    reads(
        "base: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3\n",
        json!({"base": {"k": 1, "l": 2}, "b": {"l": 3, "k": 1}}),
    );
    reads(
        "b:\n  <<: [{k: 1}, {k: 2, m: 3}]\n",
        json!({"b": {"k": 1, "m": 3}}),
    );
    reads("'<<': 1", json!({"<<": 1}));
    reads(
        "a: !!str 1\nb: !!int \"2\"\nc: !custom 3\n",
        json!({"a": "1", "b": 2, "c": "3"}),
    );
    reads(
        "a: |\n  x\n   y\nb: >-\n  x\n  y\n",
        json!({"a": "x\n y\n", "b": "x y"}),
    );
}

#[test]
fn several_documents() {
    let documents = parse("# head\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n").unwrap();
    let values: Vec<Value> = documents.iter().map(Document::value).collect();
    assert_eq!(values, [json!({"a": 1}), json!(null), json!({"b": 2})]);
    assert_eq!(parse("").unwrap(), []);
    assert_eq!(parse("# only a comment\n").unwrap(), []);
}

#[test]
fn errors_have_a_place() {
    fails(
        "a: b: c\n",
        1,
        "mapping values are not allowed in this context",
    );
    fails(
        "a:\n\tb: 1\n",
        2,
        "found character that cannot start any token",
    );
    fails("a: [1, 2\n", 1, "did not find expected ',' or ']'");
    fails("a: 'x\n", 1, "found unexpected end of stream");
    fails("a: 1\n\0", 2, "control characters are not allowed");
    fails("a: *x\n", 1, "unknown anchor 'x' referenced");
    fails("a: &x [*x]\n", 1, "anchor value contains itself");
    fails(
        "<<: 1\n",
        1,
        "map merge requires map or sequence of maps as the value",
    );
    fails("a: .inf\n", 1, "json: unsupported value: .inf");
    fails("a: !!int x\n", 1, "cannot decode !!str `x` as a !!int");
    fails(
        "[a]: 1\n",
        1,
        "invalid map key: a list or mapping can't be a key",
    );
    fails("~: 1\n", 1, "unsupported map key of type: null");
    fails(
        "\"\\ud800\"",
        1,
        "found high surrogate without following low surrogate",
    );
    assert_eq!(
        parse("a: 1\nb: c: 2").unwrap_err().to_string(),
        "yaml: line 2: mapping values are not allowed in this context"
    );
}

#[test]
fn of_a_key_that_stands_twice_the_last_one_counts() {
    let documents = parse("a: {b: 1, c: 2, b: 3}\na: {b: 4}\nx: 1\n---\nx: 1\n").unwrap();
    assert_eq!(documents[0].value(), json!({"a": {"b": 4}, "x": 1}));
    let repeated = documents[0].repeated.iter();
    let places: Vec<_> = repeated
        .map(|(key, at)| (&**key, at.line, at.column))
        .collect();
    assert_eq!(places, [("b", 1, 17), ("a", 2, 1)]);
    assert_eq!(documents[0].position("a.b").unwrap().line, 2);
    assert_eq!(documents[1].repeated, []);
}

/// As a real kubectl prints them: which line go-yaml names depends on who noticed.
#[test]
fn errors_in_the_words_of_go_yaml() {
    for (text, expect) in [
        (
            "a: 1\n  b: 1\n",
            "line 2: mapping values are not allowed in this context",
        ),
        ("a:\n   b: 1\n  c: 1\n", "line 2: did not find expected key"),
        ("a:\n  b: 1\n- c: 1\n", "line 2: did not find expected key"),
        ("a: 1\nb: [1]]\n", "line 1: did not find expected key"),
        ("a: 1\nb: \"x\" y\n", "line 1: did not find expected key"),
        ("a: 1\nb: [1\n", "line 2: did not find expected ',' or ']'"),
        (
            "a: 1\nb: {x: 1\n",
            "line 2: did not find expected ',' or '}'",
        ),
        (
            "a: 1\nb: {x: 1\nc: 1\n",
            "line 2: did not find expected ',' or '}'",
        ),
        ("a: [\n", "line 1: did not find expected node content"),
        (
            "a: 1\nb: \"x\nc: 1\n",
            "line 4: found unexpected end of stream",
        ),
        ("a: 1\nb\n", "line 3: could not find expected ':'"),
        (
            "a: 1\nb\n# c\n\n  d: 1\n",
            "line 5: could not find expected ':'",
        ),
        (
            "a: 1\nb: @x\n",
            "line 2: found character that cannot start any token",
        ),
        ("a: 1\nb: *x\n", "unknown anchor 'x' referenced"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert_eq!(error, format!("yaml: {expect}"), "{text:?}");
    }
}

#[test]
fn places_of_fields() {
    let text = "kind: DaemonSet\nspec:\n  template:\n    metadata:\n      labels: {app: x}\n    spec:\n      containers:\n      - name: a\n        resources:\n          limits:\n            nvidia.com/gpu: 1\n      - name: b\n  taints: []\n";
    let document = &parse(text).unwrap()[0];
    for (path, line, column) in [
        ("kind", 1, 1),
        ("spec.template.spec.containers[0].name", 8, 9),
        ("spec.template.spec.containers[1].image", 12, 9),
        ("spec.template.spec.containers[7].image", 7, 7),
        ("spec.template.metadata.labels", 5, 7),
        ("spec.template.labels", 5, 7),
        (
            "spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]",
            11,
            13,
        ),
        ("metadata.name", 1, 1),
        ("metadata.taints[0]", 13, 3),
        ("", 1, 1),
    ] {
        assert_eq!(
            document.position(path),
            Some(Position { line, column }),
            "{path}"
        );
    }
}

#[test]
fn prints_like_kubectl() {
    prints(json!({}), "{}\n");
    prints(json!([]), "[]\n");
    prints(json!("a"), "a\n");
    prints(
        json!({"b": [], "a": {}, "c": ""}),
        "a: {}\nb: []\nc: \"\"\n",
    );
    prints(
        json!({"spec": {"containers": [{"name": "a", "args": ["--x=1", "-y"]}, {"name": "b"}]}}),
        "spec:\n  containers:\n  - args:\n    - --x=1\n    - -y\n    name: a\n  - name: b\n",
    );
    prints(
        json!([
            "yes",
            "1",
            "*",
            "null",
            "a: b",
            "a:b",
            "# x",
            "x # y",
            "-",
            "- a",
            "it's",
            "'q'",
            "2024-01-01T00:00:00Z",
            "@x"
        ]),
        "- \"yes\"\n- \"1\"\n- '*'\n- \"null\"\n- 'a: b'\n- a:b\n- '# x'\n- 'x # y'\n- '-'\n- '- a'\n- it's\n- '''q'''\n- \"2024-01-01T00:00:00Z\"\n- '@x'\n",
    );
    prints(
        json!({"a": "x\ny\n", "b": "x\ny", "c": "x\n\n", "d": " x\n"}),
        "a: |\n  x\n  y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2\n   x\n",
    );
    prints(
        json!({"a": "x \ny", "b": "tab\t"}),
        "a: \"x \\ny\"\nb: \"tab\\t\"\n",
    );
    prints(
        json!([[1, [2.5]], [{"a": 1}]]),
        "- - 1\n  - - 2.5\n- - a: 1\n",
    );
    prints(
        json!({"a10": 1, "a2": 2, "app.kubernetes.io/name": 3, "app": 4, "B": 5}),
        "B: 5\na2: 2\na10: 1\napp: 4\napp.kubernetes.io/name: 3\n",
    );
    prints(
        json!({"": 1, "true": 2, "a b": 3}),
        "\"\": 1\na b: 3\n\"true\": 2\n",
    );
    prints(json!([1e-7, 0.1, 1.5e300]), "- 1e-07\n- 0.1\n- 1.5e+300\n");
    let long = "k".repeat(130);
    prints(
        json!({&long: {"a": [1]}}),
        &format!("? {long}\n: a:\n  - 1\n"),
    );
}

#[test]
fn long_lines_are_folded() {
    let word = "word ".repeat(20).trim_end().to_owned();
    prints(
        json!({"message": word}),
        "message: word word word word word word word word word word word word word word word\n  word word word word word\n",
    );
    prints(
        json!({"m": format!("* {word}")}),
        "m: '* word word word word word word word word word word word word word word word word\n  word word word word'\n",
    );
}

#[test]
fn hostile_texts_end_soon() {
    let many = |text: &str, n: usize| text.repeat(n);
    let bomb: String = (1..12)
        .map(|i| {
            format!(
                "a{i}: &a{i} [{}]\n",
                vec![format!("*a{}", i - 1); 10].join(", ")
            )
        })
        .collect();
    let chain: String = (1..100)
        .map(|i| format!("- &a{i} [*a{}]\n", i - 1))
        .collect();
    let blob = format!("- &a {}\n{}", many("x", 500_000), many("- *a\n", 60_000));
    let anchors = format!("{}{}", many("&a [", 60), many("x,", 100_000));
    let nested_anchors: String = (0..60).map(|i| format!("&b{i} [")).collect::<String>()
        + &many("x,", 100_000)
        + &many("]", 60);
    for text in [
        many("[", 100_000),
        many("{", 100_000),
        many("{a: ", 100_000),
        many("- ", 100_000),
        many("? ", 100_000),
        many("a:\n ", 1),
        (0..2000).map(|i| " ".repeat(i.min(500)) + "a:\n").collect(),
        many("&a ", 100_000),
        many("!a ", 100_000),
        many("!!", 100_000),
        many("*a ", 100_000),
        many("---\n", 200_000),
        many("%a\n", 100_000),
        many("a: b\n", 200_000),
        (0..60_000).map(|i| format!("k{i}: v\n")).collect(),
        many("- a\n", 250_000),
        many("\"", 1_000_001),
        many("'", 1_000_000),
        format!("\"{}", many("\\x", 400_000)),
        format!("a: |\n{}", many("  x\n", 200_000)),
        format!("a: >\n{}", many("  x\n\n", 150_000)),
        format!("a: {}", many("x ", 500_000)),
        format!("a: {}", many("x\n ", 300_000)),
        many("\n", 1_000_000),
        many(" ", 1_000_000),
        many("# c\n", 250_000),
        many("a: b: ", 100_000),
        many(":", 1_000_000),
        many(": ", 500_000),
        many("x", 1_000_000),
        format!("{}: 1", many("x", 1_000_000)),
        format!("[{}", many("a:", 400_000)),
        format!("[{}", many("\"a\" ", 200_000)),
        format!("{{{}", many("? ", 400_000)),
        format!("[{}", many(",", 400_000)),
        many("a: [\n", 50_000),
        many("\t", 1_000_000),
        many("é", 500_000),
        format!("a0: &a0 x\n{bomb}"),
        format!("- &a0 x\n{chain}"),
        blob,
        anchors,
        nested_anchors,
        "\u{feff}\u{feff}".to_owned(),
        "a: \0".to_owned(),
        "\u{7f}".to_owned(),
        many("x", BYTES_MAX + 1),
    ] {
        let start = std::time::Instant::now();
        let result = parse(&text);
        let shown: String = text.chars().take(24).collect();
        if std::env::var_os("SHOW_TIMES").is_some() {
            eprintln!(
                "{:>6} ms {shown:?} {:?}",
                start.elapsed().as_millis(),
                result.as_ref().map(Vec::len)
            );
        }
        // Generous: a debug build on a busy machine.
        assert!(start.elapsed().as_secs() < 20, "{shown:?}");
    }
}

/// A generator of numbers, the same in every run.
struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A value such as manifests hold, with strings that are hard to write.
fn random_value(rng: &mut Rng, depth: u32) -> Value {
    match rng.below(if depth > 4 { 6 } else { 9 }) {
        0 => Value::Null,
        1 => json!(rng.below(2) == 0),
        2 => json!(rng.below(2000) as i64 - 1000),
        3 => json!(rng.below(1000) as f64 + 0.375),
        4 | 5 => Value::String(random_string(rng)),
        6 => (0..rng.below(4))
            .map(|_| random_value(rng, depth + 1))
            .collect(),
        _ => {
            let n = rng.below(4);
            Value::Object(
                (0..n)
                    .map(|_| (random_string(rng), random_value(rng, depth + 1)))
                    .collect(),
            )
        }
    }
}

fn random_string(rng: &mut Rng) -> String {
    const PIECES: &[&str] = &[
        "a",
        "b",
        " ",
        "  ",
        "\n",
        "\n\n",
        ":",
        ": ",
        "#",
        " #",
        "-",
        "- ",
        "'",
        "\"",
        "\\",
        "\t",
        "yes",
        "null",
        "1",
        "0x1",
        "1e3",
        "é",
        "😀",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\r",
        "\0",
        "\u{7}",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "---",
        "...",
        "?",
        "<<",
        "~",
        "=",
        "long words in a row that go on and on ",
        "\u{feff}",
        "\u{fffe}",
        "\u{7f}",
        "01",
        ".5",
        "12:30",
    ];
    let n = rng.below(6);
    (0..n)
        .map(|_| PIECES[rng.below(PIECES.len() as u64) as usize])
        .collect()
}

#[test]
fn what_is_printed_is_read_back() {
    let mut rng = Rng(7);
    for _ in 0..20_000 {
        let value = random_value(&mut rng, 0);
        let text = to_string(&value);
        match parse(&text) {
            Ok(documents) => assert_eq!(documents[0].value(), value, "{text}"),
            Err(error) => panic!("{error}\n{text}"),
        }
        let second: Result<Value, _> = serde_yaml::from_str(&text);
        match second {
            Ok(second) => assert_eq!(second, value, "serde_yaml, {text}"),
            Err(error) => panic!("serde_yaml: {error}\n{text}"),
        }
    }
}

/// The lines of the first object named `a` that say each field, `a-b`, and with a `~` what is nearest to one that isn't there.
#[track_caller]
fn lies(text: &str, expect: &[(&str, &str)]) {
    let documents = parse(text).unwrap();
    let object = documents
        .iter()
        .find_map(|it| it.object("X", "default", "a"));
    let object = object.unwrap_or_else(|| panic!("no object in {text}"));
    for (path, lines) in expect {
        let way = object.way(path);
        let found = match way.missing {
            None => format!("{}-{}", way.at.line, way.last),
            Some(_) => format!("~{}", way.at.line),
        };
        assert_eq!(found, *lines, "{path} in\n{text}");
    }
}

#[test]
fn fields_are_found_in_the_text() {
    lies(
        "\
kind: X
metadata: {name: a}
spec:
  labels:
    disk: ssd

    x.io/y: |
      1
      2
  # a comment
  taints:
  - key: a
    effect: b
  -
    key: c
  empty:
  end: 1
",
        &[
            ("spec", "3-17"),
            ("spec.labels", "4-9"),
            ("spec.labels[disk]", "5-5"),
            ("spec.labels[x.io/y]", "7-9"),
            ("spec.taints", "11-15"),
            ("spec.taints[0]", "12-13"),
            ("spec.taints[1]", "15-15"),
            ("spec.empty", "16-16"),
            ("spec.end", "17-17"),
            ("spec.taints[2]", "~11"),
            ("spec.tolerations[0].key", "~3"),
            ("", "1-17"),
        ],
    );
}

#[test]
fn fields_are_found_in_flow_style_and_json() {
    lies(
        "kind: X\nmetadata: {name: a}\nspec: {\n  taints: [{key: a,\n    effect: b}, {key: c}],\n  x: [1,\n  ]\n}\nend: 1\n",
        &[
            ("spec", "3-8"),
            ("spec.taints", "4-5"),
            ("spec.taints[0]", "4-5"),
            ("spec.taints[1]", "5-5"),
            ("spec.x", "6-7"),
            ("end", "9-9"),
        ],
    );
    lies(
        "{\n  \"kind\": \"X\",\n  \"metadata\": {\"name\": \"a\"},\n  \"spec\": {\n    \"taints\": [\n      {\n        \"key\": \"a\"\n      }\n    ]\n  }\n}\n",
        &[
            ("spec.taints", "5-9"),
            ("spec.taints[0]", "6-8"),
            ("spec.taints[0].key", "7-7"),
        ],
    );
}

#[test]
fn fields_are_found_in_the_right_document_or_item() {
    lies(
        "kind: Y\nmetadata: {name: a}\n---\nkind: X\nmetadata: {name: b}\n---\nkind: X\nmetadata: {name: a, namespace: other}\n---\nkind: X\nmetadata: {name: a}\nspec: 1\n",
        &[("spec", "12-12")],
    );
    lies(
        "kind: List\nitems:\n- kind: Y\n  metadata: {name: a}\n- kind: X\n  metadata: {name: a, namespace: default}\n  spec:\n    b: 1\n",
        &[("spec", "7-8"), ("spec.b", "8-8"), ("status", "~5")],
    );
    assert!(
        parse("kind: X\nmetadata: 3\n").unwrap()[0]
            .object("X", "default", "a")
            .is_none()
    );
}

#[test]
fn fields_behind_aliases_are_where_they_are_written() {
    lies(
        "kind: X\nmetadata: {name: a}\nbase: &base\n  b: 1\n  c:\n  - 2\nspec: *base\nmore:\n  <<: *base\n  d: 1\n",
        &[
            ("spec", "7-7"),
            ("spec.c", "5-6"),
            ("more", "8-10"),
            ("more.b", "4-4"),
            ("more.d", "10-10"),
        ],
    );
}
