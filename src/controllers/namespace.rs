//! stub until the kubelet branch lands
use crate::apiserver::WatchEvent;
use crate::client::{Client, Component};
use crate::sim::time::SimTime;

#[derive(Clone, Debug, Default)]
pub struct NamespaceController;

impl Component for NamespaceController {
    fn observe(&mut self, _now: SimTime, _event: &WatchEvent) {}
    fn next_due(&self) -> Option<SimTime> {
        None
    }
    fn run(&mut self, _client: &mut Client<'_>) {}
}
