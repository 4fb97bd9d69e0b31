//! The HTTP API: every route with its description, the gate that all of them stand behind, and the one form of an error.
mod accept;
mod access;
mod audit;
mod connections;
mod content;
mod demo;
mod extract;
mod headers;
mod lines;
mod models;
mod openapi;
mod operator;
mod organization;
mod people;
mod probes;
mod problem;
mod queries;
mod router;
mod session;
mod settings;
mod support;
pub mod text;
mod wire;

pub use extract::SessionCookie;
pub use openapi::openapi;
pub use problem::unreadable;
pub use router::router;
pub use settings::{Address, DemoIdentity, DemoPerson, Settings};

use std::sync::Arc;
use tessera_app::App;

/// What every handler may reach.
#[derive(Clone)]
struct Api {
    app: Arc<App>,
    settings: Arc<Settings>,
}
