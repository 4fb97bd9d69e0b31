//! The trail on its way out, one event a line.
use crate::Api;
use axum::body::{Body, Bytes};
use std::io;
use tessera_app::{AuditExport, Error};

/// Sends the events as they are read. What goes wrong breaks the body off.
pub(super) fn stream(api: Api, export: AuditExport) -> Body {
    let lines = futures::stream::unfold(Some((api, export)), async |left| {
        let (api, mut export) = left?;
        match lines(&api, &mut export).await {
            Ok(lines) if lines.is_empty() => None,
            Ok(lines) => Some((Ok(lines), Some((api, export)))),
            Err(error) => {
                tracing::warn!(cause = %error, "an export of the audit trail broke off");
                Some((Err(io::Error::other("the export broke off")), None))
            }
        }
    });
    Body::from_stream(lines)
}

/// The next events, for somebody who may still read them.
async fn lines(api: &Api, export: &mut AuditExport) -> Result<Bytes, Error> {
    if !api.app.still_in_force(export.context()).await? {
        return Err(Error::Revoked);
    }
    let mut lines = String::new();
    for event in export.next().await? {
        lines.push_str(&event.with_hash());
        lines.push('\n');
    }
    Ok(lines.into())
}
