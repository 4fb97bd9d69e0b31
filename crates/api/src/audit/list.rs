use super::ask::{Asked, Form, Wanted};
use crate::{
    Api,
    extract::{LetIn, OfOrganization},
    lines,
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use tessera_access::action::ReadAudit;
use tessera_app::StoredEvent;
use wire::audit::{AuditEvent, AuditEvents};

/// What happened in the organization, newest first; or all of it, oldest first, as JSON Lines.
#[utoipa::path(
    get,
    path = "/api/v1/audit-events",
    tag = "audit",
    params(Asked),
    responses(
        (
            status = 200,
            description = "a page of events; of JSON Lines, every event that fits, each as it was hashed, with its hash",
            content((AuditEvents = "application/json"), (String = "application/x-ndjson")),
        ),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 406, body = wire::problem::Problem),
    )
)]
pub(crate) async fn list_audit_events(
    State(api): State<Api>,
    OfOrganization(permit): OfOrganization<ReadAudit>,
    LetIn(entry): LetIn,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Problem> {
    let context = permit.context().clone();
    let tenant = api.app.tenant(&context);
    match Asked::parse(asked, Form::negotiate(&headers)?)? {
        Wanted::Page { filter, before, limit } => {
            let page = tenant.audit_events(&permit, &filter, before, limit).await?;
            let next = page.events.last().filter(|_| page.more).map(|event| event.sequence().to_string());
            let events = page.events.iter().map(event).collect::<Result<_, Problem>>()?;
            Ok(Json(AuditEvents { events, next }).into_response())
        }
        Wanted::Export { filter } => {
            let export = tenant.export_audit(permit, filter).await?;
            Ok(lines::stream(api.clone(), entry, export))
        }
    }
}

fn event(stored: &StoredEvent) -> Result<AuditEvent, Problem> {
    serde_json::from_str(&stored.with_hash()).map_err(|_| Problem::new(Kind::Internal, "something went wrong here"))
}
