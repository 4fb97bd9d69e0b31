//! Accepts connections and serves them until it is told to stop.
mod unreadable;

pub(crate) use unreadable::MakeAnswer;

use axum::{Router, extract::ConnectInfo};
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;
use unreadable::Readable;

const CONNECTIONS: usize = 2048;
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
const HEADERS: usize = 64;
const HEADER_BYTES: usize = 32 * 1024;
/// How long answers that are under way may still take once the server stops.
const GRACE: Duration = Duration::from_secs(10);
/// Accepting fails for a while when file handles run out; trying again at once would only burn a core.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListenError {
    #[error("port {} of {} is in use by another program", .0.port(), .0.ip())]
    InUse(SocketAddr),
    #[error("cannot listen on {address}")]
    Other { address: SocketAddr, source: io::Error },
}

pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        _ => ListenError::Other { address, source },
    })
}

/// Serves until `stop`; then takes no new connection, and lets the open ones finish for a while.
pub(crate) async fn serve(listener: TcpListener, router: Router, unreadable: MakeAnswer, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let (stream, peer, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(cause = %error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_headers(HEADERS)
            .max_buf_size(HEADER_BYTES)
            .serve_connection(Readable::new(TokioIo::new(stream), unreadable.clone()), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off is no event of ours; its query learns of it through the dropped body.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers were cut off at the end of the server");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}
