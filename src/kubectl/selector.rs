//! Label and field selectors as they are typed: `app=agent,tier in (a,b),!gpu` and `spec.nodeName=node-1`.
//!
//! Models: apimachinery pkg/labels/selector.go, pkg/fields/selector.go.

use crate::api::go::quote;
use crate::api::kinds::KindInfo;
use crate::api::meta::{LabelSelector, StringMap};
use crate::api::names;
use crate::api::object::Object;
use crate::sim::sort::Order;

/// One requirement on a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub key: String,
    pub operator: Operator,
    /// Sorted.
    pub values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equals,
    NotEquals,
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}

/// All requirements, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelQuery(pub Vec<Requirement>);

impl LabelQuery {
    pub fn parse(text: &str) -> Result<LabelQuery, String> {
        let fail = |why: String| format!("unable to parse requirement: {why}");
        let mut parser = Parser {
            tokens: tokens(text),
            at: 0,
        };
        let mut requirements = parser.requirements()?;
        for Requirement { key, values, .. } in &requirements {
            if let Some(why) = names::label_key(key).first() {
                return Err(fail(format!(
                    "<nil>: Invalid value: {key}: {why}",
                    key = quote(key)
                )));
            }
            for (i, value) in values.iter().enumerate() {
                if let Some(why) = names::label_value(value).first() {
                    return Err(fail(format!(
                        "values[{i}][{key}]: Invalid value: {value}: {why}",
                        value = quote(value)
                    )));
                }
            }
        }
        requirements.order_by(|a, b| a.key.cmp(&b.key));
        Ok(LabelQuery(requirements))
    }

    pub fn matches(&self, labels: &StringMap) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Requirement {
    fn matches(&self, labels: &StringMap) -> bool {
        let value = labels.get(&self.key);
        match self.operator {
            Operator::Equals | Operator::In => {
                value.is_some_and(|value| self.values.contains(value))
            }
            Operator::NotEquals | Operator::NotIn => {
                value.is_none_or(|value| !self.values.contains(value))
            }
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::GreaterThan | Operator::LessThan => {
                let number = |text: Option<&String>| text.and_then(|text| text.parse::<i64>().ok());
                match (number(value), number(self.values.first())) {
                    (Some(value), Some(limit)) if self.operator == Operator::GreaterThan => {
                        value > limit
                    }
                    (Some(value), Some(limit)) => value < limit,
                    _ => false,
                }
            }
        }
    }

    pub fn to_text(&self) -> String {
        let values = self.values.join(",");
        let key = &self.key;
        match self.operator {
            Operator::Equals => format!("{key}={values}"),
            Operator::NotEquals => format!("{key}!={values}"),
            Operator::In => format!("{key} in ({values})"),
            Operator::NotIn => format!("{key} notin ({values})"),
            Operator::Exists => key.clone(),
            Operator::DoesNotExist => format!("!{key}"),
            Operator::GreaterThan => format!("{key}>{values}"),
            Operator::LessThan => format!("{key}<{values}"),
        }
    }
}

/// An object's selector as requirements, or None if it is malformed.
///
/// Models: metav1.LabelSelectorAsSelector.
pub fn requirements_of(selector: &LabelSelector) -> Option<LabelQuery> {
    let labels = selector
        .match_labels
        .iter()
        .map(|(key, value)| Requirement {
            key: key.clone(),
            operator: Operator::Equals,
            values: vec![value.clone()],
        });
    let mut all: Vec<Requirement> = labels.collect();
    for expression in &selector.match_expressions {
        let operator = match expression.operator.as_str() {
            "In" => Operator::In,
            "NotIn" => Operator::NotIn,
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            _ => return None,
        };
        let needs_values = matches!(operator, Operator::In | Operator::NotIn);
        if needs_values == expression.values.is_empty() {
            return None;
        }
        let mut values = expression.values.clone();
        values.order();
        values.dedup();
        all.push(Requirement {
            key: expression.key.clone(),
            operator,
            values,
        });
    }
    all.order_by(|a, b| a.key.cmp(&b.key));
    Some(LabelQuery(all))
}

/// A selector as kubectl prints it: `<none>` if it is missing or empty, `<error>` if malformed.
///
/// Models: metav1.FormatLabelSelector.
pub fn format(selector: Option<&LabelSelector>) -> String {
    match selector.map(requirements_of) {
        Some(None) => "<error>".to_owned(),
        Some(Some(query)) if !query.is_empty() => {
            let texts: Vec<String> = query.0.iter().map(Requirement::to_text).collect();
            texts.join(",")
        }
        _ => "<none>".to_owned(),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Sign(&'static str),
}

fn tokens(text: &str) -> Vec<Token> {
    const SIGNS: [&str; 10] = ["==", "!=", "=", "!", "(", ")", ",", ">", "<", ";"];
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            out.push(Token::Sign(sign));
            rest = rest.get(sign.len()..).unwrap_or("");
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "=!(),<>;".contains(c))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end.max(1).min(rest.len()));
            out.push(Token::Word(word.to_owned()));
            rest = after;
        }
        rest = rest.trim_start();
    }
    out
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self) -> Option<String> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    /// The next token as error messages show it.
    fn literal(&self) -> String {
        match self.peek() {
            Some(Token::Word(word)) => word.clone(),
            Some(Token::Sign(sign)) => (*sign).to_owned(),
            None => String::new(),
        }
    }

    fn requirements(&mut self) -> Result<Vec<Requirement>, String> {
        let mut out = Vec::new();
        if self.peek().is_none() {
            return Ok(out);
        }
        loop {
            out.push(
                self.requirement()
                    .map_err(|why| format!("unable to parse requirement: {why}"))?,
            );
            if self.peek().is_none() {
                return Ok(out);
            }
            if !self.eat(",") {
                return Err(format!(
                    "found '{}', expected: ',' or 'end of string'",
                    self.literal()
                ));
            }
            if self.peek().is_none() {
                return Err("found '', expected: identifier after ','".to_owned());
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let negated = self.eat("!");
        let Some(key) = self.word() else {
            return Err(format!("found '{}', expected: identifier", self.literal()));
        };
        let made = |operator, values| {
            Ok(Requirement {
                key: key.clone(),
                operator,
                values,
            })
        };
        if negated {
            return made(Operator::DoesNotExist, Vec::new());
        }
        match self.peek() {
            None => return made(Operator::Exists, Vec::new()),
            Some(Token::Sign(",")) => return made(Operator::Exists, Vec::new()),
            _ => {}
        }
        for (sign, operator) in [
            ("=", Operator::Equals),
            ("==", Operator::Equals),
            ("!=", Operator::NotEquals),
            (">", Operator::GreaterThan),
            ("<", Operator::LessThan),
        ] {
            if self.eat(sign) {
                let value = match self.peek() {
                    None | Some(Token::Sign(",")) => String::new(),
                    _ => self.word().ok_or_else(|| {
                        format!("found '{}', expected: identifier", self.literal())
                    })?,
                };
                return made(operator, vec![value]);
            }
        }
        let operator = match self.peek() {
            Some(Token::Word(word)) if word == "in" => Operator::In,
            Some(Token::Word(word)) if word == "notin" => Operator::NotIn,
            _ => {
                return Err(format!(
                    "found '{}', expected: in, notin, =, ==, !=, gt, lt",
                    self.literal()
                ));
            }
        };
        self.at += 1;
        if !self.eat("(") {
            return Err(format!("found '{}' expected: '('", self.literal()));
        }
        let mut values = Vec::new();
        loop {
            values.push(self.word().unwrap_or_default());
            if self.eat(")") {
                break;
            }
            if !self.eat(",") {
                return Err(format!("found '{}', expected: ',' or ')'", self.literal()));
            }
        }
        values.order();
        values.dedup();
        made(operator, values)
    }
}

/// `spec.nodeName=node-1,status.phase!=Running`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSelector {
    terms: Vec<(String, String, bool)>,
}

impl FieldSelector {
    pub fn parse(text: &str) -> Result<FieldSelector, String> {
        let mut terms = Vec::new();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (field, value, equal) = if let Some((field, value)) = part.split_once("!=") {
                (field, value, false)
            } else if let Some((field, value)) = part.split_once("==") {
                (field, value, true)
            } else if let Some((field, value)) = part.split_once('=') {
                (field, value, true)
            } else {
                return Err(format!(
                    "invalid selector: '{part}'; can't understand '{part}'"
                ));
            };
            terms.push((field.to_owned(), value.to_owned(), equal));
        }
        Ok(FieldSelector { terms })
    }

    /// Which fields of a kind can be selected by.
    ///
    /// Models: pkg/apis/core/v1/conversion.go, AddFieldLabelConversions….
    fn supported(kind: &str) -> &'static [&'static str] {
        match kind {
            "Pod" => &[
                "metadata.name",
                "metadata.namespace",
                "spec.nodeName",
                "spec.restartPolicy",
                "spec.schedulerName",
                "spec.serviceAccountName",
                "spec.hostNetwork",
                "status.phase",
                "status.podIP",
                "status.podIPs",
                "status.nominatedNodeName",
            ],
            "Node" => &["metadata.name", "spec.unschedulable"],
            "Namespace" => &["metadata.name", "status.phase"],
            "Event" => &[
                "metadata.name",
                "metadata.namespace",
                "involvedObject.kind",
                "involvedObject.namespace",
                "involvedObject.name",
                "involvedObject.uid",
                "involvedObject.apiVersion",
                "involvedObject.resourceVersion",
                "involvedObject.fieldPath",
                "reason",
                "reportingComponent",
                "source",
                "type",
            ],
            _ => &["metadata.name", "metadata.namespace"],
        }
    }

    /// The server's complaint, if the kind can't be selected by these fields.
    pub fn check(&self, info: &KindInfo) -> Result<(), String> {
        let known = Self::supported(info.kind);
        let bad = self
            .terms
            .iter()
            .find(|(field, _, _)| !known.contains(&field.as_str()));
        let Some((field, _, _)) = bad else {
            return Ok(());
        };
        Err(match info.kind {
            "Pod" | "Node" | "Namespace" | "Event" => format!("field label not supported: {field}"),
            _ => format!(
                "{field} is not a known field selector: only \"metadata.name\", \"metadata.namespace\"",
                field = quote(field)
            ),
        })
    }

    pub fn matches(&self, object: &Object) -> bool {
        self.terms
            .iter()
            .all(|(field, wanted, equal)| (field_value(object, field) == *wanted) == *equal)
    }
}

fn field_value(object: &Object, field: &str) -> String {
    let meta = object.meta();
    match (field, object) {
        ("metadata.name", _) => return meta.name.clone(),
        ("metadata.namespace", _) => return meta.namespace.clone(),
        ("spec.nodeName", Object::Pod(pod)) => return pod.spec.node_name.clone(),
        ("status.phase", Object::Pod(pod)) => return pod.status.phase.clone(),
        ("source", Object::Event(event)) => return event.source.component.clone(),
        ("reportingComponent", Object::Event(event)) => return event.source.component.clone(),
        ("spec.unschedulable", Object::Node(node)) => return node.spec.unschedulable.to_string(),
        ("spec.hostNetwork", Object::Pod(pod)) => return pod.spec.host_network.to_string(),
        _ => {}
    }
    let value = object.to_value();
    let found = value.pointer(&format!("/{}", field.replace('.', "/")));
    found
        .and_then(|value| value.as_str())
        .unwrap_or("")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expect: Expect) {
        let shown = match LabelQuery::parse(text) {
            Ok(query) => query
                .0
                .iter()
                .map(Requirement::to_text)
                .collect::<Vec<_>>()
                .join(","),
            Err(why) => why,
        };
        expect.assert_eq(&shown);
    }

    #[test]
    fn label_selectors_are_read() {
        check("app==agent", expect!["app=agent"]);
        check(
            "b, !a ,c in (y, x),d notin(z),e!=f,g>1",
            expect!["!a,b,c in (x,y),d notin (z),e!=f,g>1"],
        );
        check("", expect![""]);
        check("a=", expect!["a="]);
        check(
            "a b",
            expect![
                "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"
            ],
        );
        check("a=b,", expect!["found '', expected: identifier after ','"]);
        check(
            "=b",
            expect!["unable to parse requirement: found '=', expected: identifier"],
        );
        check(
            "a in b",
            expect!["unable to parse requirement: found 'b' expected: '('"],
        );
        check(
            "a in (b",
            expect!["unable to parse requirement: found '', expected: ',' or ')'"],
        );
    }

    #[test]
    fn label_selectors_match() {
        let labels: StringMap = [("app", "agent"), ("n", "5")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into();
        for (text, expect) in [
            ("app=agent", true),
            ("app!=agent", false),
            ("other!=x", true),
            ("app in (a,agent)", true),
            ("app notin (agent)", false),
            ("!app", false),
            ("app,n", true),
            ("n>4", true),
            ("n<4", false),
            ("", true),
        ] {
            assert_eq!(
                LabelQuery::parse(text).unwrap().matches(&labels),
                expect,
                "{text}"
            );
        }
    }

    #[test]
    fn field_selectors() {
        let check = |text: &str| {
            FieldSelector::parse(text)
                .and_then(|fields| fields.check(crate::api::kinds::by_resource("pods").unwrap()))
        };
        assert_eq!(check("spec.nodeName=a,status.phase!=Running"), Ok(()));
        expect!["invalid selector: 'x'; can't understand 'x'"].assert_eq(&check("x").unwrap_err());
        expect!["field label not supported: spec.x"].assert_eq(&check("spec.x=y").unwrap_err());
    }
}
