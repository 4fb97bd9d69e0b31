//! One binary for all tests of the server, so that it is linked once.
mod api;
mod arrow;
mod asking;
mod audit;
mod cli;
mod content;
mod keys;
mod openapi;
mod people;
mod person;
mod process;
mod servers;
mod support;
mod sweep;
mod world;
