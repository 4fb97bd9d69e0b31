//! From a session's token to who is there, and sessions' beginnings and ends.
use crate::{App, Error};
use std::sync::Arc;
use tessera_access::{AccessContext, Standing};
use tessera_base::{Arrival, Instant, OrganizationId, UserId};
use tessera_store::SessionToken;

impl App {
    /// What the gate establishes the access context from: what is in force now for whom the token belongs to.
    pub async fn identify(&self, token: &str) -> Result<Option<(Arc<Standing>, Instant)>, Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(None) };
        let Some(session) = self.store.session(&token).await? else { return Ok(None) };
        let standing = self.store.standing(session.organization, session.user).await?;
        Ok(standing.map(|standing| (standing, self.clock.now())))
    }

    /// Begins a session of somebody who has proved who they are.
    pub async fn sign_in(
        &self,
        organization: OrganizationId,
        user: UserId,
        arrival: Arrival,
    ) -> Result<SessionToken, Error> {
        Ok(self.store.begin_session(organization, user, arrival).await?)
    }

    pub async fn sign_out(&self, token: &str, arrival: Arrival) -> Result<(), Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(()) };
        if let Some(session) = self.store.session(&token).await? {
            self.store.end_session(&session, arrival).await?;
        }
        Ok(())
    }

    /// Whether all that decided about a person when their request came is in force still: what runs for them on other
    /// terms has to stop.
    pub async fn still_in_force(&self, context: &AccessContext) -> Result<bool, Error> {
        let standing = self.store.standing(context.organization(), context.user().id).await?;
        Ok(standing
            .is_some_and(|now| Arc::ptr_eq(&now, context.standing()) || now.gives_the_same_as(context.standing())))
    }
}
