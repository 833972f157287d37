//! The entry point of the page, and of its worker.

use daemonset_playground::chunk::Chunk;
use daemonset_playground::view::root::{self, Root};
use daemonset_playground::view::{chunks, platform, static_page, worker};

fn main() {
    // Natively there is no page; this keeps `cargo build` and `cargo test` working for all targets.
    if cfg!(target_arch = "wasm32") {
        wasm_bindgen_futures::spawn_local(async {
            if worker::is_worker() {
                // The page hears nothing of a worker that doesn't get its code, and does the work itself.
                if chunks::ensure(Chunk::Engine).await {
                    worker::serve();
                }
                return;
            }
            if root::opens_something() {
                while !chunks::ensure(Chunk::Engine).await {
                    platform::say_boot(
                        "A part of the page couldn't be loaded. Trying again; if this stays, reload the page.",
                    );
                }
            }
            // index.html has it; without it there is nothing to draw on.
            if let Some(app) = gloo::utils::document().get_element_by_id("app") {
                static_page::replace(&app);
                yew::Renderer::<Root>::with_root(app).render();
            }
        });
    }
}
