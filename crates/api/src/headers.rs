use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
};
use tower_http::set_header::SetResponseHeaderLayer;

/// What every answer says to the browser, unless it says something of its own.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    // An answer of the API is no page; opened as one, it may load nothing and run nothing.
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    // Rows of one person must not wait in a cache for the next one.
    (header::CACHE_CONTROL, "no-store"),
];

pub(crate) fn every() -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value)))
}

pub(crate) fn secure(router: Router) -> Router {
    every().fold(router, |router, (name, value)| router.layer(SetResponseHeaderLayer::if_not_present(name, value)))
}
