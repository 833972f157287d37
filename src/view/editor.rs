//! The YAML editor's Rust side: loads src/editor/editor.js when asked, and owns what it hands to JavaScript.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Element;

#[wasm_bindgen(module = "/src/view/load.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = editor)]
    async fn load_editor() -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type Module;
    #[wasm_bindgen(method, catch)]
    fn mount(this: &Module, parent: &Element, options: &Object) -> Result<Handle, JsValue>;

    type Handle;
    #[wasm_bindgen(method)]
    fn get(this: &Handle) -> String;
    #[wasm_bindgen(method)]
    fn set(this: &Handle, text: &str);
    #[wasm_bindgen(method)]
    fn replace(this: &Handle, text: &str);
    #[wasm_bindgen(method, js_name = setReadOnly)]
    fn set_read_only(this: &Handle, read_only: bool);
    #[wasm_bindgen(method, js_name = setDiagnostics)]
    fn set_diagnostics(this: &Handle, diagnostics: &Array);
    #[wasm_bindgen(method)]
    fn highlight(this: &Handle, ranges: &Array);
    #[wasm_bindgen(method)]
    fn reveal(this: &Handle, line: u32);
    #[wasm_bindgen(method, js_name = setDark)]
    fn set_dark(this: &Handle, dark: bool);
    #[wasm_bindgen(method)]
    fn focus(this: &Handle);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// How an editor begins.
pub struct Options<'a> {
    pub doc: &'a str,
    /// What a screen reader calls it.
    pub label: &'a str,
    pub read_only: bool,
    pub dark: bool,
}

/// A problem at a place in the text; lines and columns count from 1, columns in characters.
pub struct Diagnostic {
    pub line: u32,
    pub column: u32,
    pub severity: Severity,
    pub message: String,
}

#[derive(Clone, Copy)]
pub enum Severity {
    Error,
    Warning,
    Info,
}

/// A mounted editor; dropping it takes it off the page.
pub struct Editor {
    handle: Handle,
    // JavaScript holds these for as long as the editor is there.
    _on_change: Closure<dyn FnMut(String)>,
    _on_apply: Closure<dyn FnMut()>,
    _on_check: Closure<dyn FnMut()>,
}

/// Loads the editor, the first time over the network, and puts it into `parent`. `on_check` is called when somebody stops typing.
pub async fn mount(
    parent: &Element,
    options: &Options<'_>,
    on_change: impl FnMut(String) + 'static,
    on_apply: impl FnMut() + 'static,
    on_check: impl FnMut() + 'static,
) -> Result<Editor, JsValue> {
    let (on_change, on_apply) = (Closure::new(on_change), Closure::new(on_apply));
    let on_check = Closure::new(on_check);
    let object = object(&[
        ("doc", options.doc.into()),
        ("label", options.label.into()),
        ("readOnly", options.read_only.into()),
        ("dark", options.dark.into()),
        ("onChange", AsRef::<JsValue>::as_ref(&on_change).clone()),
        ("onApply", AsRef::<JsValue>::as_ref(&on_apply).clone()),
        ("onCheck", AsRef::<JsValue>::as_ref(&on_check).clone()),
    ]);
    let module: Module = load_editor().await?.unchecked_into();
    let handle = module.mount(parent, &object)?;
    Ok(Editor {
        handle,
        _on_change: on_change,
        _on_apply: on_apply,
        _on_check: on_check,
    })
}

impl Editor {
    pub fn text(&self) -> String {
        self.handle.get()
    }

    /// Shows another document; undo doesn't go back across this, and `on_change` isn't called.
    pub fn set_text(&self, text: &str) {
        self.handle.set(text);
    }

    /// Edits the document, so that undo goes back across it; `on_change` isn't called.
    pub fn replace_text(&self, text: &str) {
        self.handle.replace(text);
    }

    pub fn set_read_only(&self, read_only: bool) {
        self.handle.set_read_only(read_only);
    }

    /// Marks these problems, and only these.
    pub fn set_diagnostics(&self, diagnostics: &[Diagnostic]) {
        let list = Array::new();
        for diagnostic in diagnostics {
            list.push(&object(&[
                ("line", diagnostic.line.into()),
                ("column", diagnostic.column.into()),
                ("severity", diagnostic.severity.as_str().into()),
                ("message", diagnostic.message.as_str().into()),
            ]));
        }
        self.handle.set_diagnostics(&list);
    }

    /// Points at these lines (first and last of each range), and only at these.
    pub fn highlight(&self, ranges: &[(u32, u32)]) {
        let list = Array::new();
        for (first, last) in ranges {
            list.push(&Array::of2(&(*first).into(), &(*last).into()));
        }
        self.handle.highlight(&list);
    }

    /// Scrolls so that this line can be seen.
    pub fn reveal(&self, line: u32) {
        self.handle.reveal(line);
    }

    pub fn set_dark(&self, dark: bool) {
        self.handle.set_dark(dark);
    }

    pub fn focus(&self) {
        self.handle.focus();
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

impl Severity {
    fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a property of a plain object can't fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object
}
