//! What may enter and leave over HTTP: each type is a list of its keys. `Serialize` and `Deserialize` live here alone.
pub(crate) mod access;
pub(crate) mod audit;
pub(crate) mod content;
pub(crate) mod demo;
mod from_app;
pub(crate) mod model;
pub(crate) mod organization;
pub(crate) mod people;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod session;
pub(crate) mod support;

/// Tells a key that is `null` from one that is not there, which is `None` by default.
fn given<'de, T: serde::Deserialize<'de>, D: serde::Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// The JSON text of a part that stands inside of a streamed body.
pub(crate) fn written(part: &impl serde::Serialize) -> String {
    // Lists of strings, numbers and booleans can always be written.
    serde_json::to_string(part).unwrap_or_else(|_| "null".to_owned())
}
