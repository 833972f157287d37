//! What is done to a node: from its menu, and in the form for its labels and taints.

use super::msg::{Effect, NodeMsg};
use super::{Model, NodeError};
use crate::kubectl::ops::{label, taint};
use crate::session::command::Command;
use crate::session::words::kubectl_line;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(super) fn act(model: &mut Model, node: Rc<str>, msg: NodeMsg, effects: &mut Vec<Effect>) {
    if let Some(command) = command(&node, &msg) {
        return model.submit(command);
    }
    let is_taint = matches!(msg, NodeMsg::AddTaint(_) | NodeMsg::RemoveTaint(_));
    let is_removal = matches!(msg, NodeMsg::RemoveLabel(_) | NodeMsg::RemoveTaint(_));
    // Said beside the field, not above the page.
    let result = edit(model, &node, msg)
        .and_then(|command| model.run(command).map_err(|failure| failure.message));
    if let Err(text) = &result {
        model.announcement.clone_from(text);
    }
    model.node_error = result.err().map(|text| NodeError {
        is_taint,
        text: text.into(),
    });
    if is_removal && model.node_error.is_none() {
        // The button that was pressed is gone.
        let field = if is_taint { "taint" } else { "label" };
        effects.push(Effect::Focus(format!("add-{field}-{node}")));
    }
}

/// What the node's menu does.
fn command(node: &str, msg: &NodeMsg) -> Option<Command> {
    let node = node.to_owned();
    Some(match *msg {
        NodeMsg::Cordon(on) => Command::Cordon { node, on },
        NodeMsg::Drain => Command::Drain { node },
        NodeMsg::Down(down) => Command::SetNodeDown { node, down },
        NodeMsg::NotReady(not_ready) => Command::SetNodeNotReady { node, not_ready },
        NodeMsg::Pressure(pressure, on) => Command::SetPressure {
            node,
            condition: pressure.condition().to_owned(),
            on,
        },
        NodeMsg::Remove => Command::RemoveNode { node },
        NodeMsg::AddLabel(_)
        | NodeMsg::RemoveLabel(_)
        | NodeMsg::AddTaint(_)
        | NodeMsg::RemoveTaint(_) => return None,
    })
}

/// The same in kubectl's words, where there are such: what the menu says is what the console will tell.
pub fn kubectl(node: &str, msg: &NodeMsg) -> Option<String> {
    kubectl_line(&command(node, msg)?, &[])
}

/// What the form does.
fn edit(model: &Model, node: &str, msg: NodeMsg) -> Result<Command, String> {
    let name = node.to_owned();
    let labels = |labels| Command::LabelNode {
        node: name.clone(),
        labels,
    };
    match msg {
        NodeMsg::AddLabel(text) => {
            let change = label::parse_labels(&[text.trim().to_owned()])?;
            let mut changes = BTreeMap::new();
            for (key, value) in change.set {
                changes.insert(key, Some(value));
            }
            for key in change.remove {
                changes.insert(key, None);
            }
            Ok(labels(changes))
        }
        NodeMsg::RemoveLabel(key) => {
            let mut changes = BTreeMap::new();
            changes.insert(key, None);
            Ok(labels(changes))
        }
        NodeMsg::AddTaint(text) => {
            let change = taint::parse(&[text.trim().to_owned()])?;
            let (taints, _) = taint::reorganize(&model.taints(node), true, &change)
                .map_err(|gone| gone.join("; "))?;
            Ok(Command::TaintNode { node: name, taints })
        }
        NodeMsg::RemoveTaint(index) => {
            let mut taints = model.taints(node);
            if index < taints.len() {
                taints.remove(index);
            }
            Ok(Command::TaintNode { node: name, taints })
        }
        _ => Err("not an edit".to_owned()),
    }
}
