use axum::http::{HeaderMap, header::ACCEPT};

/// The media ranges that a client accepts, in its order and in small letters; whatever their weights, because a client
/// that names one of ours means it.
pub(crate) fn accepted(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .collect()
}
