//! The page's entry point.

use daemonset_playground::view;
use yew::prelude::*;

/// Placeholder: shows that Yew and the editor load.
#[component]
fn Hello() -> Html {
    let host = use_node_ref();
    {
        let host = host.clone();
        use_effect_with((), move |_| {
            wasm_bindgen_futures::spawn_local(async move {
                let Some(host) = host.cast::<web_sys::Element>() else {
                    return;
                };
                let options = view::editor::Options {
                    doc: "apiVersion: apps/v1\nkind: DaemonSet # a comment\nmetadata:\n  name: \"agent\"\n",
                    label: "Manifest",
                    read_only: false,
                    dark: false,
                };
                match view::editor::mount(&host, &options, |_| {}, || {}).await {
                    Ok(editor) => std::mem::forget(editor),
                    Err(error) => web_sys::console::error_1(&error),
                }
            });
        });
    }
    html! { <main><h1>{ "DaemonSet playground" }</h1><div ref={host}></div></main> }
}

fn main() {
    // Natively there is no page; this keeps `cargo build` and `cargo test` working for all targets.
    if cfg!(target_arch = "wasm32") {
        let app = gloo::utils::document()
            .get_element_by_id("app")
            .expect("index.html has #app");
        yew::Renderer::<Hello>::with_root(app).render();
    }
}
