//! Sign-in without proof, for the demonstration alone: these routes are merged only when it runs.
mod people;
mod sign_in;

use crate::Api;
use axum::{
    Router,
    routing::{get, post},
};

pub(crate) fn routes() -> Router<Api> {
    Router::new().route("/demo/people", get(people::list_people)).route("/demo/sign-in", post(sign_in::sign_in))
}
