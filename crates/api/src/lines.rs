//! Exports on their way out, one line after the other.
use crate::Api;
use axum::{
    body::{Body, Bytes},
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use std::{io, sync::Arc};
use tessera_access::AccessContext;
use tessera_app::{AuditExport, Entry, Error, OrganizationExport};

pub(crate) const JSON_LINES: &str = "application/x-ndjson";

/// What is left of an export.
pub(crate) trait Export: Send + 'static {
    fn context(&self) -> &Arc<AccessContext>;

    /// The next lines; none after the last.
    fn lines(&mut self) -> impl Future<Output = Result<Vec<String>, Error>> + Send;
}

impl Export for AuditExport {
    fn context(&self) -> &Arc<AccessContext> {
        self.context()
    }

    async fn lines(&mut self) -> Result<Vec<String>, Error> {
        Ok(self.next().await?.iter().map(|event| event.with_hash()).collect())
    }
}

impl Export for OrganizationExport {
    fn context(&self) -> &Arc<AccessContext> {
        self.context()
    }

    async fn lines(&mut self) -> Result<Vec<String>, Error> {
        Ok(self.next().await?.iter().map(ToString::to_string).collect())
    }
}

/// Sends the lines as they are read. What goes wrong breaks the body off.
pub(crate) fn stream(api: Api, entry: Entry, export: impl Export) -> Response {
    let pieces = futures::stream::unfold(Some((api, entry, export)), async |left| {
        let (api, entry, mut export) = left?;
        match piece(&api, &entry, &mut export).await {
            Ok(piece) if piece.is_empty() => None,
            Ok(piece) => Some((Ok(piece), Some((api, entry, export)))),
            Err(error) => {
                tracing::warn!(cause = %error, "an export broke off");
                Some((Err(io::Error::other("the export broke off")), None))
            }
        }
    });
    ([(CONTENT_TYPE, JSON_LINES)], Body::from_stream(pieces)).into_response()
}

/// The next lines, for somebody who may still read them.
async fn piece(api: &Api, entry: &Entry, export: &mut impl Export) -> Result<Bytes, Error> {
    if !api.app.still_in_force(entry, export.context()).await? {
        return Err(Error::Revoked);
    }
    let mut piece = String::new();
    for line in export.lines().await? {
        piece.push_str(&line);
        piece.push('\n');
    }
    Ok(piece.into())
}
