//! SQL as data: a closed tree, the engine's own grammar as front end, reviewed functions, and one printer per dialect.
pub mod frontend;
pub mod functions;
pub mod print;
pub mod tree;
