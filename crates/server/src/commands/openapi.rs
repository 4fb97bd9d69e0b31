use super::{exit::Exit, report};

/// `tessera openapi`: the description that is served under `/api/openapi.json`.
pub(crate) fn run() -> Exit {
    match serde_json::to_string_pretty(&tessera_api::openapi()) {
        Ok(text) => report::print(format!("{text}\n")),
        Err(error) => report::message(&error, Exit::Failed),
    }
}
