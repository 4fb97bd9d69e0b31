//! The browser application, carried in the binary.
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

/// Where a page's nonce belongs.
const NONCE: &str = "{{csp_nonce}}";

/// Makes the nonce of one page, unless the system has no randomness to give.
pub(crate) type MakeNonce = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// Answers every path that is no file with the application, whose own router reads the path.
pub(crate) fn pages(make_nonce: MakeNonce) -> Router {
    Router::new().fallback(page).with_state(make_nonce).layer(CompressionLayer::new())
}

async fn page(State(make_nonce): State<MakeNonce>, method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::NOT_FOUND.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if path != "index.html"
        && let Some(file) = Dist::get(path)
    {
        return serve(path, file);
    }
    // A missing asset is missing: the application in its place would be run as a script.
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match make_nonce() {
        Some(nonce) => index(&nonce),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn serve(path: &str, file: EmbeddedFile) -> Response {
    // What lies in `assets/` carries a hash of its content in its name.
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers =
        [(header::CONTENT_TYPE, file.metadata.mimetype().to_owned()), (header::CACHE_CONTROL, caching.to_owned())];
    (headers, Body::from(file.data)).into_response()
}

fn index(nonce: &str) -> Response {
    let html = Dist::get("index.html").and_then(|file| String::from_utf8(file.data.into_owned()).ok());
    let html = html.map_or_else(|| NOT_BUILT.to_owned(), |html| html.replace(NONCE, nonce));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    match HeaderValue::try_from(policy(nonce)) {
        Ok(policy) => (headers, [(header::CONTENT_SECURITY_POLICY, policy)], html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// INVARIANT: no inline script, no code from text, no other origin.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; \
         font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default"
    )
}

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Tessera</title>
<h1>Tessera is running, without its web application</h1>
<p>This binary was built before the application. In the source folder, run
<code>cd web &amp;&amp; npm ci &amp;&amp; npm run build</code>, and build the binary again. The API works: see
<a href=\"/api/openapi.json\">its description</a>.</p>
</html>
";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_has_its_own_nonce_and_nothing_is_kept() {
        let response = index("n0nce");
        let header = |name| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert!(header(header::CONTENT_SECURITY_POLICY).contains("style-src 'self' 'nonce-n0nce';"));
        assert_eq!(header(header::CACHE_CONTROL), "no-store");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains(NONCE));
    }
}
