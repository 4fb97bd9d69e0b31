//! Whom a request is from, and what is in force for them.
use crate::{App, Error};
use std::sync::Arc;
use tessera_access::{
    AccessContext, ActionKind, Facts, Permit, Person, ResourceKind, Standing, action::ViewAs, decide,
};
use tessera_base::{Arrival, Instant, OrganizationId, UserId};
use tessera_store::{ApiKeyToken, KeyUse, Session, SessionToken, SupportSession};

/// What a request is let in by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A person's own.
    Session(Session),
    /// Of the operator's staff, in an organization.
    Support(SupportSession),
    /// An API key, of a person or a service account.
    Key(KeyUse),
}

/// What the gate establishes the access context from.
#[derive(Debug)]
pub struct Identified {
    pub entry: Entry,
    pub standing: Arc<Standing>,
    pub now: Instant,
}

impl App {
    /// What is in force now for whom the token belongs to.
    pub async fn identify(&self, token: &str, arrival: Arrival) -> Result<Option<Identified>, Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(None) };
        let Some(entry) = self.entry(&token).await? else { return Ok(None) };
        let standing = self.standing(&entry, arrival).await?;
        Ok(standing.map(|standing| Identified { entry, standing, now: self.clock.now() }))
    }

    /// The same for whoever sends an API key.
    pub async fn identify_key(&self, token: &str, arrival: Arrival) -> Result<Option<Identified>, Error> {
        let Some(token) = ApiKeyToken::parse(token) else { return Ok(None) };
        let Some(entry) = self.store.key_use(&token).await?.map(Entry::Key) else { return Ok(None) };
        let standing = self.standing(&entry, arrival).await?;
        Ok(standing.map(|standing| Identified { entry, standing, now: self.clock.now() }))
    }

    async fn entry(&self, token: &SessionToken) -> Result<Option<Entry>, Error> {
        if let Some(session) = self.store.session(token).await? {
            return Ok(Some(Entry::Session(session)));
        }
        Ok(self.store.support_session(token).await?.map(Entry::Support))
    }

    async fn standing(&self, entry: &Entry, arrival: Arrival) -> Result<Option<Arc<Standing>>, Error> {
        match entry {
            Entry::Session(session) => self.standing_of_session(session, arrival).await,
            Entry::Support(session) => {
                let snapshot = self.store.snapshot(session.organization).await?;
                let operator = session.operator.clone();
                Ok(snapshot.and_then(|snapshot| snapshot.operator(operator, session.grant)).map(Arc::new))
            }
            Entry::Key(key) => {
                let snapshot = self.store.snapshot(key.organization).await?;
                Ok(snapshot.and_then(|snapshot| snapshot.by_key(key.holder, key.scopes.as_ref())).map(Arc::new))
            }
        }
    }

    /// Of the person themselves, or of the one as whom they see the product, for as long as they may.
    async fn standing_of_session(&self, session: &Session, arrival: Arrival) -> Result<Option<Arc<Standing>>, Error> {
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

    /// Ends what let somebody in by a browser; a key is revoked instead.
    pub async fn sign_out(&self, entry: &Entry, arrival: Arrival) -> Result<(), Error> {
        match entry {
            Entry::Session(session) => self.store.end_session(session, arrival).await?,
            Entry::Support(session) => self.store.leave_organization(session, Some(arrival)).await?,
            Entry::Key(_) => {}
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

    /// Whether what let somebody in still does, and all that decided about them when their request came is in force: what
    /// runs for them on other terms has to stop.
    pub async fn still_in_force(&self, entry: &Entry, context: &AccessContext) -> Result<bool, Error> {
        let now = match entry {
            Entry::Session(session) => self.store.session_now(session).await?.map(Entry::Session),
            Entry::Support(session) => self.store.support_session_now(session).await?.map(Entry::Support),
            Entry::Key(key) => self.store.key_use_now(key).await?.map(Entry::Key),
        };
        if now.as_ref() != Some(entry) {
            return Ok(false);
        }
        let standing = self.standing(entry, context.arrival()).await?;
        Ok(standing
            .is_some_and(|now| Arc::ptr_eq(&now, context.standing()) || now.gives_the_same_as(context.standing())))
    }
}
