//! What a person may know of themselves.
use crate::{App, Error, Verdict};
use std::sync::Arc;
use tessera_access::{AccessContext, AttributeState, Connection, OrganizationRole, Permit, action::View, visible};
use tessera_store::{AttributeDefinition, Organization};

/// Who is signed in, beyond what their access context says.
#[derive(Debug)]
pub struct Whoami {
    pub organization: Organization,
    pub role: OrganizationRole,
    /// Every attribute that the organization defines; `None` is missing.
    pub attributes: Vec<(AttributeDefinition, Option<AttributeState>)>,
    pub connections: Vec<Permit<Connection, View>>,
    /// Whether they may ask questions anywhere.
    pub query: Verdict,
    /// Whether they see the queries of others.
    pub see_all_queries: Verdict,
}

impl App {
    pub async fn whoami(&self, context: &Arc<AccessContext>) -> Result<Whoami, Error> {
        let snapshot = self.store.access_snapshot(context.organization(), context.user().id).await?;
        let snapshot = snapshot.ok_or(Error::SignedOut)?;
        let state =
            |definition: &AttributeDefinition| (definition.clone(), snapshot.attributes.get(&definition.name).cloned());
        Ok(Whoami {
            organization: snapshot.organization.clone(),
            role: snapshot.organization_role,
            attributes: snapshot.attribute_definitions.iter().map(state).collect(),
            connections: self.store.tenant(context).connections(&visible(context)).await?,
            query: Verdict::query_anywhere(context),
            see_all_queries: Verdict::see_all_queries(context),
        })
    }
}
