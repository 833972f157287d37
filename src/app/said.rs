//! What the live region says: each result once, in a sentence.

use super::{Model, Update};
use crate::present::compare::ComparePane;
use crate::present::why::WhyPanel;
use std::rc::Rc;

/// What there was before a message that may have something to say.
pub(super) struct Before {
    said: String,
    why: Option<String>,
    compare: Option<Rc<ComparePane>>,
}

impl Before {
    /// Clears the announcement: what stands there after the message is new.
    pub fn new(model: &mut Model) -> Before {
        Before {
            said: std::mem::take(&mut model.announcement),
            why: title(model),
            compare: model.compare.pane.clone(),
        }
    }

    /// After the page was made: a new answer and a refusal of the form are said as well.
    pub fn end(self, model: &mut Model, update: &mut Update) {
        if model.console.take_echoed() {
            // The console's record is read out as it grows.
            model.announcement.clear();
        }
        let error = |pane: &Option<Rc<ComparePane>>| pane.as_ref()?.error.clone();
        let refused =
            error(&model.compare.pane).filter(|new| Some(new) != error(&self.compare).as_ref());
        if let (true, Some(error)) = (model.announcement.is_empty(), refused) {
            model.announcement = error;
        }
        let is_other = title(model) != self.why;
        if let (true, true, Some(why)) = (model.announcement.is_empty(), is_other, model.why()) {
            model.announcement = spoken(why);
        }
        if model.announcement.is_empty() {
            model.announcement = self.said;
        } else {
            model.said = model.said.wrapping_add(1);
            update.changed = true;
        }
    }
}

fn title(model: &Model) -> Option<String> {
    model.why().map(|why| why.title.clone())
}

/// The answer without its checks.
fn spoken(why: &WhyPanel) -> String {
    let verdicts = why.verdicts.iter().filter(|line| line.is_chosen);
    let verdicts =
        verdicts.map(|line| format!("{}: {}. {}", line.set.name, line.state.word(), line.reason));
    let parts = std::iter::once(why.title.clone())
        .chain(verdicts)
        .chain([why.answer.clone()]);
    let parts: Vec<String> = parts
        .map(|part| part.trim().trim_end_matches('.').to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(". ")
}
