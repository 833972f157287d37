//! Loads the page's chunks.

use crate::chunk::{self, Chunk};
use crate::view::platform;

/// Waits before a chunk is asked for once more.
const RETRY_MS: [u32; 3] = [500, 2_000, 5_000];

/// Loads a chunk if it isn't here; false if it can't be had.
pub async fn ensure(chunk: Chunk) -> bool {
    for wait_ms in [0].into_iter().chain(RETRY_MS) {
        if chunk::is_here(chunk) {
            return true;
        }
        if wait_ms > 0 {
            platform::sleep(wait_ms).await;
        }
        if load(chunk).await {
            chunk::arrived(chunk);
            return true;
        }
    }
    false
}

#[cfg(not(all(feature = "split", target_arch = "wasm32")))]
async fn load(_: Chunk) -> bool {
    true
}

/// The build makes these two functions: they load, and then call back with the data and whether it worked.
#[cfg(all(feature = "split", target_arch = "wasm32"))]
async fn load(chunk: Chunk) -> bool {
    use std::cell::RefCell;
    use std::ffi::c_void;
    type Callback = unsafe extern "C" fn(*const c_void, bool);
    #[link(wasm_import_module = "__wasm_split_placeholder__")]
    unsafe extern "C" {
        fn __wasm_split_load_engine(callback: Callback, data: *const c_void);
        fn __wasm_split_load_panels(callback: Callback, data: *const c_void);
    }
    thread_local! {
        static WAITING: RefCell<Vec<Option<js_sys::Function>>> = const { RefCell::new(Vec::new()) };
    }
    /// `data` is a place in `WAITING`.
    unsafe extern "C" fn done(data: *const c_void, is_loaded: bool) {
        let resolve = WAITING.with_borrow_mut(|all| all.get_mut(data as usize)?.take());
        if let Some(resolve) = resolve {
            let _ = resolve.call1(&js_sys::global(), &is_loaded.into());
        }
    }
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let place = WAITING.with_borrow_mut(|all| {
            all.push(Some(resolve));
            all.len() - 1
        });
        // SAFETY: both call back once, with what they were given.
        unsafe {
            match chunk {
                Chunk::Engine => __wasm_split_load_engine(done, place as *const c_void),
                Chunk::Panels => __wasm_split_load_panels(done, place as *const c_void),
            }
        }
    });
    let loaded = wasm_bindgen_futures::JsFuture::from(promise).await;
    loaded.is_ok_and(|loaded| loaded.is_truthy())
}
