//! What a panic says.
use std::{panic, thread};

/// Panics of a query are caught and become a failure of that query. Their words are the engine's own, which may quote what
/// its asker may not see, so they are not printed.
pub(crate) fn keep_quiet() {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| match thread::current().name() {
        Some(tessera_engine::THREAD_NAME) => tracing::error!("the engine panicked"),
        _ => print(panic),
    }));
}
