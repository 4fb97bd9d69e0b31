//! What a person may know of themselves.
use crate::{App, Error, Verdict};
use std::sync::Arc;
use tessera_access::{
    AccessContext, AttributeDefinition, AttributeState, Connection, Permit, Profile, action::View, visible,
};

/// Who is signed in, beyond what their access context says.
#[derive(Debug)]
pub struct Whoami {
    pub organization: Profile,
    /// By name.
    pub role: Arc<str>,
    /// Every attribute that the organization defines; `None` is missing.
    pub attributes: Vec<(Arc<AttributeDefinition>, Option<AttributeState>)>,
    pub connections: Vec<Permit<Connection, View>>,
    /// Whether they may ask questions anywhere.
    pub query: Verdict,
    /// Whether they see the queries of others.
    pub see_all_queries: Verdict,
}

impl App {
    pub async fn whoami(&self, context: &Arc<AccessContext>) -> Result<Whoami, Error> {
        let snapshot = context.snapshot();
        let state = |definition: &Arc<AttributeDefinition>| {
            (definition.clone(), context.attributes().get(&definition.name).cloned())
        };
        let held = context.organization_abilities().assignments();
        Ok(Whoami {
            organization: snapshot.profile().as_ref().clone(),
            role: held.first().map_or_else(|| Arc::from(""), |held| held.role.clone()),
            attributes: snapshot.attributes().map(state).collect(),
            connections: self.store.tenant(context).connections(&visible(context)).await?,
            query: Verdict::query_anywhere(context),
            see_all_queries: Verdict::see_all_queries(context),
        })
    }
}
