//! The document of a moment in the past: as it was applied last by then, with what else changed the object.

use super::drift::Watched;
use super::editor::{Tab, names_of};
use super::retext;
use super::start::applied_text;
use crate::api::object::{Key, Kind};
use crate::present::editor::TabId;
use crate::present::marks::manifest;
use crate::present::words::clock;
use crate::session::Session;
use std::rc::Rc;

#[derive(Clone, Debug)]
pub struct Past {
    /// The document, and how much of which history was there by then.
    of: (TabId, u64, usize),
    /// The text that was applied last by then.
    watched: Option<Watched>,
    pub text: Rc<str>,
    pub words: Rc<str>,
}

impl Past {
    /// `None` at the end of time, and for a document that the history doesn't know: that can be edited.
    pub fn of(before: Option<Past>, tab: &Tab, session: &Session) -> Option<Past> {
        if session.now() >= session.end() {
            return None;
        }
        let of = (tab.id, session.edits(), session.applied());
        let server = &session.cluster().server;
        let mut past = match before.filter(|past| past.of == of) {
            Some(past) => past,
            None => {
                let names = tab.names();
                let is_it = |text: &&str| names_of(text) == names;
                let mut all = session.log().iter().filter_map(applied_text);
                all.find(is_it)?;
                let log = &session.log()[..session.applied()];
                let last = log.iter().rev().filter_map(applied_text).find(is_it);
                Past {
                    of,
                    watched: last.map(|text| Watched::new(&text.into())),
                    text: "".into(),
                    words: "".into(),
                }
            }
        };
        let [_, namespace, name] = tab.names();
        let at = clock(session.now().0);
        let at = at.split('.').next().unwrap_or_default();
        let is_there = match &mut past.watched {
            Some(watched) => {
                if watched.look(server) || past.text.is_empty() {
                    let adopted = retext::adopted(watched, server);
                    past.text = adopted.unwrap_or_else(|| watched.text.clone());
                }
                true
            }
            // Nobody had applied it; perhaps it was made in another way.
            None => {
                let object = server.get_object(Kind::DaemonSet, &Key::new(&namespace, &name));
                let text = object.as_ref().and_then(manifest).unwrap_or_default();
                past.text = text.as_str().into();
                object.is_some()
            }
        };
        let words = match is_there {
            true => format!("Read-only: {name} at {at}"),
            false => format!("{name} hadn't been applied at {at}"),
        };
        if *past.words != *words {
            past.words = words.into();
        }
        Some(past)
    }
}
