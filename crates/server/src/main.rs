//! The one binary: the server, the demonstration, and the tools for model folders.
mod commands;
mod config;
mod demo;
mod listen;
mod panics;
mod telemetry;
mod web;

/// Governing and planning make trees of many small parts.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    panics::keep_quiet();
    commands::run()
}
