//! Who may do what: the printed table, the properties of decisions, and the uses that must not compile.
mod content;
mod decisions;
mod giving;
mod illegal_uses;
mod matrix;
mod naive;
mod world;
