//! Who a session belongs to, and what is in force for them.
use crate::{App, Error};
use std::sync::Arc;
use tessera_access::{
    AccessContext, ActionKind, Facts, Permit, Person, ResourceKind, Standing, action::ViewAs, decide,
};
use tessera_base::{Arrival, Instant, OrganizationId, UserId};
use tessera_store::{Session, SessionToken};

/// What the gate establishes the access context from.
#[derive(Debug)]
pub struct Identified {
    pub session: Session,
    pub standing: Arc<Standing>,
    pub now: Instant,
}

impl App {
    /// What is in force now for whom the token belongs to.
    pub async fn identify(&self, token: &str, arrival: Arrival) -> Result<Option<Identified>, Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(None) };
        let Some(session) = self.store.session(&token).await? else { return Ok(None) };
        let standing = self.standing(&session, arrival).await?;
        Ok(standing.map(|standing| Identified { session, standing, now: self.clock.now() }))
    }

    /// Of the person themselves, or of the one as whom they see the product, for as long as they may.
    async fn standing(&self, session: &Session, arrival: Arrival) -> Result<Option<Arc<Standing>>, Error> {
        let Some(own) = self.store.standing(session.organization, session.user).await? else { return Ok(None) };
        let Some(viewed) = session.viewing else { return Ok(Some(own)) };
        #[expect(clippy::disallowed_methods, reason = "the gate asks whether the person may see more than their own")]
        let context = AccessContext::establish(arrival, self.clock.now(), own.clone());
        let facts = Facts { owner: Some(viewed), ..Facts::of(session.organization) };
        let allowed = decide(&context, ResourceKind::Person, &facts, ActionKind::ViewAs).allowed();
        let viewed = own.snapshot().member(viewed).filter(|_| allowed);
        // A right that was lost does not come back by itself.
        if viewed.is_none() {
            self.store.end_viewing(session, arrival).await?;
        }
        Ok(Some(viewed.map_or(own, |viewed| Arc::new(viewed.viewed_by_another(context.user().clone())))))
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

    /// From here on the session sees the product as that person does.
    pub async fn view_as(&self, session: &Session, person: Permit<Arc<Person>, ViewAs>) -> Result<(), Error> {
        Ok(self.act(person).await?.view_as(session).await?)
    }

    pub async fn end_viewing(&self, session: &Session, arrival: Arrival) -> Result<(), Error> {
        Ok(self.store.end_viewing(session, arrival).await?)
    }

    /// Whether the session lives, and all that decided about its person when their request came is in force still: what
    /// runs for them on other terms has to stop.
    pub async fn still_in_force(&self, session: &Session, context: &AccessContext) -> Result<bool, Error> {
        match self.store.session_now(session).await? {
            Some(now) if now == *session => {}
            _ => return Ok(false),
        }
        let standing = self.standing(session, context.arrival()).await?;
        Ok(standing
            .is_some_and(|now| Arc::ptr_eq(&now, context.standing()) || now.gives_the_same_as(context.standing())))
    }
}
