mod answer;
pub(crate) mod cancel;
mod format;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod run;
mod state;
pub(crate) mod suggest;
mod writer;
