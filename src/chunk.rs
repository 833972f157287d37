//! Chunks: code that the page loads after its first picture.
//!
//! The release build cuts the WebAssembly at the functions that `in_chunk!` declares: what only they can reach goes to
//! their chunk (.cargo/xtask/src/split.rs). Everywhere else, natively too, they are ordinary calls.
//! Who calls one has made sure that its chunk is there: `app::update` lets messages wait for `Engine`, and components
//! draw `Panels` only once they have come. So no step of the simulation ever waits for code.

use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Commands and all that follows from them: kubectl, YAML, validation, links, the DaemonSet controller's sync.
    Engine,
    /// Panels, dialogs, the editor's frame, the map and the console.
    Panels,
}

impl Chunk {
    pub const ALL: [Chunk; 2] = [Chunk::Engine, Chunk::Panels];
}

/// Is the page built in chunks?
pub const IS_SPLIT: bool = cfg!(all(feature = "split", target_arch = "wasm32"));

static HERE: [AtomicBool; 2] = [const { AtomicBool::new(!IS_SPLIT) }; 2];

/// Is it loaded?
pub fn is_here(chunk: Chunk) -> bool {
    HERE[chunk as usize].load(Ordering::Relaxed)
}

/// It is loaded from now on.
pub fn arrived(chunk: Chunk) {
    HERE[chunk as usize].store(true, Ordering::Relaxed);
}

/// Declares a function that does what another does, with its code in a chunk:
/// `in_chunk!(engine 3, pub fn name(argument: Type) -> Result = path::to::other);`
/// The number is this function's own; two of one number don't link.
macro_rules! in_chunk {
    ($chunk:ident $number:literal, $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $body:path) => {
        #[cfg(not(all(feature = "split", target_arch = "wasm32")))]
        $vis fn $name($($arg: $type),*) $(-> $result)? {
            $body($($arg),*)
        }

        #[cfg(all(feature = "split", target_arch = "wasm32"))]
        #[allow(improper_ctypes, improper_ctypes_definitions)]
        $vis fn $name($($arg: $type),*) $(-> $result)? {
            // wasm-split-cli knows both by these names: the chunk, and 32 hexadecimal digits that tell them apart.
            #[link(wasm_import_module = "__wasm_split_placeholder__")]
            unsafe extern "C" {
                #[link_name = concat!("__wasm_split_00", stringify!($chunk), "00_import_", $number, "e0000000000000000000000000000000")]
                safe fn import($($arg: $type),*) $(-> $result)?;
            }
            #[unsafe(export_name = concat!("__wasm_split_00", stringify!($chunk), "00_export_", $number, "e0000000000000000000000000000000"))]
            extern "C" fn export($($arg: $type),*) $(-> $result)? {
                $body($($arg),*)
            }
            import($($arg),*)
        }
    };
}
pub(crate) use in_chunk;
