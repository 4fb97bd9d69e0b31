use super::client_address;
use crate::{
    Api,
    problem::{Kind, Problem},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header::HOST},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;
use tessera_base::Arrival;
use tracing::Instrument;

/// The first step of every request: it gets an id and a span, and is known by where it came from.
pub(crate) async fn number(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let Ok(request_id) = api.app.new_request_id() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = peer.map(|peer| client_address(peer, request.headers(), api.settings.trusted_proxies));
    request.extensions_mut().insert(request_id);
    request.extensions_mut().insert(Arrival { request: request_id, address });
    // The path holds names of models and ids, never values; the query string is not logged.
    let path = request.uri().path();
    let span = tracing::info_span!("request", id = %request_id, method = %request.method(), path);
    next.run(request).instrument(span).await
}

/// Refuses requests that mean another server.
///
/// A name of somebody else that resolves to this address (DNS rebinding) would make another site's page same-origin, and
/// its requests pass every check of origin.
pub(crate) async fn recognize(State(api): State<Api>, request: Request, next: Next) -> Response {
    let authority = match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(HOST).and_then(|host| host.to_str().ok()),
    };
    if authority.is_some_and(|authority| api.settings.address.is_named(authority)) {
        return next.run(request).await;
    }
    Problem::new(Kind::Misdirected, "this server does not answer to that host name").into_response()
}
