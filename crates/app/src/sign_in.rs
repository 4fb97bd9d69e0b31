//! From a session's token to who is there, and sessions' beginnings and ends.
use crate::{App, Error};
use tessera_access::{AccessContext, ContextParts, OrganizationRole};
use tessera_base::{OrganizationId, RequestId, UserId};
use tessera_store::SessionToken;

impl App {
    /// What the gate establishes the access context from: who the token belongs to, and what is in force for them now.
    pub async fn identify(&self, token: &str, request: RequestId) -> Result<Option<ContextParts>, Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(None) };
        let Some(session) = self.store.session(&token).await? else { return Ok(None) };
        let snapshot = self.store.access_snapshot(session.organization, session.user).await?;
        Ok(snapshot.map(|snapshot| snapshot.parts(request, self.clock.now())))
    }

    /// Begins a session of somebody who has proved who they are.
    pub async fn sign_in(
        &self,
        organization: OrganizationId,
        user: UserId,
        request: RequestId,
    ) -> Result<SessionToken, Error> {
        Ok(self.store.begin_session(organization, user, request).await?)
    }

    pub async fn sign_out(&self, token: &str, request: RequestId) -> Result<(), Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(()) };
        if let Some(session) = self.store.session(&token).await? {
            self.store.end_session(&session, request).await?;
        }
        Ok(())
    }

    /// Whether all that decided about a person when their request came is in force still: what runs for them on other
    /// terms has to stop.
    pub async fn still_in_force(&self, context: &AccessContext) -> Result<bool, Error> {
        let snapshot = self.store.access_snapshot(context.organization(), context.user().id).await?;
        Ok(snapshot.is_some_and(|now| {
            let attributes = &now.attribute_definitions;
            now.groups == context.groups()
                && (now.organization_role == OrganizationRole::Admin) == context.is_organization_admin()
                && now.organization_abilities == *context.organization_abilities()
                && now.connection_abilities.iter().all(|(id, held)| context.connection_abilities(*id) == Some(held))
                && context.connections().all(|(id, held)| now.connection_abilities.get(&id) == Some(held))
                && attributes
                    .iter()
                    .all(|known| now.attributes.get(&known.name) == context.attributes().get(&known.name))
        }))
    }
}
