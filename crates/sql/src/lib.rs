//! SQL as data: a closed tree, the engine's own grammar as front end, reviewed functions, and one printer per dialect.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
pub mod frontend;
pub mod functions;
pub mod print;
pub mod tree;
