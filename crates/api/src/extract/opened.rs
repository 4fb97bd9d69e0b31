use super::SignedIn;
use crate::{Api, problem::Problem};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use std::sync::Arc;
use tessera_access::{
    AccessContext, AttributeDefinition, Connection, CustomRole, Group, Permit, Person, Resource, Sealed,
    action::Action, open,
};
use tessera_app::{AccessRequest, ApiKey, Document, Error, Folder, QueryRun, SupportAccess, Trashed};
use tessera_base::QueryId;
use tessera_model::Model;

/// The resource that the path names, for one action: a handler that asks for it runs only for those who may.
pub(crate) struct Opened<R, A>(pub(crate) Permit<R, A>);

/// A resource that a path names.
pub(crate) trait Addressed: Resource + Sized {
    /// The path's parameter.
    const PARAMETER: &'static str;

    fn find(
        api: &Api,
        context: &Arc<AccessContext>,
        asked_as: &str,
    ) -> impl Future<Output = Result<Option<Sealed<Self>>, Error>> + Send;
}

impl Addressed for Model {
    const PARAMETER: &'static str = "model";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_model(context, asked_as).await
    }
}

impl Addressed for QueryRun {
    const PARAMETER: &'static str = "id";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        // What is no id names no query.
        Ok(asked_as.parse::<QueryId>().ok().and_then(|id| api.app.queries().find(context, id)))
    }
}

impl Addressed for Folder {
    const PARAMETER: &'static str = "folder";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_folder(context, asked_as).await
    }
}

impl Addressed for Document {
    const PARAMETER: &'static str = "document";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_document(context, asked_as).await
    }
}

impl Addressed for Trashed {
    const PARAMETER: &'static str = "item";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_trashed(context, asked_as).await
    }
}

impl Addressed for Connection {
    const PARAMETER: &'static str = "connection";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_connection(context, asked_as).await
    }
}

impl Addressed for Arc<Person> {
    const PARAMETER: &'static str = "user";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        Ok(api.app.find_person(context, asked_as))
    }
}

impl Addressed for Arc<Group> {
    const PARAMETER: &'static str = "group";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        Ok(api.app.find_group(context, asked_as))
    }
}

impl Addressed for Arc<AttributeDefinition> {
    const PARAMETER: &'static str = "attribute";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        Ok(api.app.tenant(context).attribute(asked_as))
    }
}

impl Addressed for CustomRole {
    const PARAMETER: &'static str = "role";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        Ok(asked_as.parse().ok().and_then(|id| api.app.tenant(context).role(id)))
    }
}

impl Addressed for AccessRequest {
    const PARAMETER: &'static str = "request";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_access_request(context, asked_as).await
    }
}

impl Addressed for ApiKey {
    const PARAMETER: &'static str = "key";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_api_key(context, asked_as).await
    }
}

impl Addressed for SupportAccess {
    const PARAMETER: &'static str = "grant";

    async fn find(api: &Api, context: &Arc<AccessContext>, asked_as: &str) -> Result<Option<Sealed<Self>>, Error> {
        api.app.find_support_grant(context, asked_as).await
    }
}

impl<R, A> FromRequestParts<Api> for Opened<R, A>
where
    R: Addressed,
    A: Action,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let SignedIn(context) = SignedIn::from_request_parts(parts, api).await?;
        let parameters = RawPathParams::from_request_parts(parts, api).await;
        let parameters = parameters.map_err(|_| Problem::no_route(parts.uri.path()))?;
        let asked_as = parameters.iter().find(|(name, _)| *name == R::PARAMETER).map(|(_, value)| value);
        let asked_as = asked_as.ok_or_else(|| Problem::no_route(parts.uri.path()))?;
        open_named(api, &context, asked_as).await.map(Self)
    }
}

/// Opens what a path or a body names. A closed door is written into the audit trail.
pub(crate) async fn open_named<R: Addressed, A: Action>(
    api: &Api,
    context: &Arc<AccessContext>,
    asked_as: &str,
) -> Result<Permit<R, A>, Problem> {
    // Nothing is called by what no database holds.
    let sealed = match asked_as.contains('\0') {
        true => None,
        false => R::find(api, context, asked_as).await.map_err(Problem::from)?,
    };
    let denied = match open::<R, A>(context, asked_as, sealed) {
        Ok(permit) => return Ok(permit),
        Err(denied) => denied,
    };
    Err(api.app.deny(context, denied).await.into())
}
