//! How components tell the root what happened.

use crate::app::msg::Msg;
use yew::prelude::*;

/// Sends messages to the root. It never changes, so it never makes anything draw again.
#[derive(Clone, PartialEq)]
pub struct Dispatch(pub Callback<Msg>);

impl Dispatch {
    pub fn send(&self, msg: Msg) {
        self.0.emit(msg);
    }

    /// A callback that sends this message, whatever the event.
    pub fn on<E: 'static>(&self, msg: Msg) -> Callback<E> {
        let send = self.0.clone();
        Callback::from(move |_: E| send.emit(msg.clone()))
    }
}

/// The root's dispatch; without a root, as in render tests, messages go nowhere.
#[hook]
pub fn use_dispatch() -> Dispatch {
    use_context::<Dispatch>().unwrap_or_else(|| Dispatch(Callback::noop()))
}
