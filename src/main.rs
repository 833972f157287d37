//! The entry point of the page, and of its worker.

use daemonset_playground::view::root::Root;
use daemonset_playground::view::worker;

fn main() {
    // Natively there is no page; this keeps `cargo build` and `cargo test` working for all targets.
    if cfg!(target_arch = "wasm32") {
        if worker::is_worker() {
            return worker::serve();
        }
        // index.html has it; without it there is nothing to draw on.
        if let Some(app) = gloo::utils::document().get_element_by_id("app") {
            app.set_text_content(None);
            yew::Renderer::<Root>::with_root(app).render();
        }
    }
}
