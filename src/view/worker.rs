//! The worker that compares strategies: the same wasm in a thread of its own, and how the page starts, hears and ends it.
//!
//! First the page sends its compiled wasm: nothing is loaded or compiled twice. When that listens, it sends a message
//! without text. From then on they exchange texts: an order goes in, reports come out.
//! The build makes worker.js, and writes its address into the page (.cargo/xtask/page/finish.mjs).
//! Not gloo's worker: its loader is an inline script, which the page's policy forbids.

use super::platform;
use crate::app::compare::job::Job;
use crate::app::msg::{CompareMsg, Msg};
use crate::chunk::in_chunk;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use std::cell::Cell;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::Callback;

/// A worker that doesn't listen by then won't.
const START_MS: u32 = 10_000;
/// About so long from report to report, looking at the clock after so many steps.
const REPORT_MS: f64 = 60.0;
const STEPS: u64 = 500;

/// A worker that the page has; it ends when this is dropped.
pub struct Helper {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl Helper {
    /// `None` if the browser has no such workers, or doesn't let us have one.
    pub fn start(order: String, tell: Callback<Msg>) -> Option<Helper> {
        let address = platform::meta("worker-module")?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&address, &options).ok()?;
        let lost = {
            let tell = tell.clone();
            move || tell.emit(Msg::Compare(CompareMsg::WorkerLost))
        };
        worker.post_message(&wasm_bindgen::module()).ok()?;
        let (failed, garbled) = (lost.clone(), lost.clone());
        let waiting = Cell::new(Some(Timeout::new(START_MS, lost)));
        let to = worker.clone();
        let on_message = EventListener::new(&worker, "message", move |event| {
            drop(waiting.take());
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            match data.and_then(|data| data.as_string()) {
                Some(report) => tell.emit(Msg::Compare(CompareMsg::Told(report))),
                None => drop(to.post_message(&order.as_str().into())),
            }
        });
        let listeners = [
            on_message,
            EventListener::new(&worker, "error", move |_| failed()),
            EventListener::new(&worker, "messageerror", move |_| garbled()),
        ];
        Some(Helper {
            worker,
            _listeners: listeners,
        })
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Are we in the worker, not on the page?
pub fn is_worker() -> bool {
    web_sys::window().is_none()
}

/// In the worker: waits for an order.
pub fn serve() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let to = scope.clone();
    let listener = EventListener::once(&scope, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
        let order = data.and_then(|data| data.as_string()).unwrap_or_default();
        work_in_engine(&order, &|report| drop(to.post_message(&report.into())));
    });
    listener.forget();
    let _ = scope.post_message(&JsValue::NULL);
}

in_chunk!(engine 24, fn work_in_engine(order: &str, tell: &dyn Fn(&str)) = work);

/// Works to the end: who wants less ends the worker.
fn work(order: &str, tell: &dyn Fn(&str)) {
    // The page hears this as an error, and does it itself.
    let mut job = Job::open(order).unwrap_or_else(|error| wasm_bindgen::throw_str(&error));
    while !job.is_over() {
        let begun = js_sys::Date::now();
        while !job.is_over() && js_sys::Date::now() - begun < REPORT_MS {
            job.go_on(STEPS);
        }
        tell(&job.report().to_text());
    }
}
