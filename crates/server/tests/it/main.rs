//! One binary for all tests of the server, so that it is linked once.
mod api;
mod arrow;
mod audit;
mod cli;
mod content;
mod openapi;
mod process;
mod sweep;
mod world;
