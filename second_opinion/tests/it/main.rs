//! A second opinion about every decision of the access core.
mod cedar;
#[path = "../../../crates/access/tests/it/naive.rs"]
mod naive;
#[path = "../../../crates/access/tests/it/world.rs"]
mod world;
