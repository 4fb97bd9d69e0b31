//! The operator's staff: at the door of the instance, and in organizations that let them in.
use crate::{App, Error};
use tessera_access::{AccessContext, Sealed};
use tessera_base::{Arrival, OperatorId, SupportGrantId};
use tessera_store::{OpenOrganization, OperatorSession, SessionToken, SupportAccess, SupportSession};

impl App {
    pub async fn find_support_grant(
        &self,
        context: &AccessContext,
        asked_as: &str,
    ) -> Result<Option<Sealed<SupportAccess>>, Error> {
        match asked_as.parse::<SupportGrantId>() {
            Ok(id) => Ok(self.tenant(context).support_grant(id).await?),
            Err(_) => Ok(None),
        }
    }

    /// Whose token this is, of the operator's staff.
    pub async fn identify_operator(&self, token: &str) -> Result<Option<OperatorSession>, Error> {
        let Some(token) = SessionToken::parse(token) else { return Ok(None) };
        Ok(self.store.operator_session(&token).await?)
    }

    pub async fn redeem_operator_code(&self, code: &str) -> Result<Option<SessionToken>, Error> {
        let Some(code) = SessionToken::parse(code) else { return Ok(None) };
        Ok(self.store.redeem_operator_code(&code).await?)
    }

    /// Begins a session of one of the staff, who has proved who they are.
    pub async fn sign_in_operator(&self, operator: OperatorId) -> Result<SessionToken, Error> {
        #[expect(clippy::disallowed_methods, reason = "the demonstration lets its visitors be one of the staff")]
        let operators = self.store.operators();
        Ok(operators.begin_session(operator).await?)
    }

    pub async fn sign_out_operator(&self, session: &OperatorSession, arrival: Arrival) -> Result<(), Error> {
        Ok(self.store.end_operator_session(session, arrival).await?)
    }

    pub async fn organizations_open_to(&self, session: &OperatorSession) -> Result<Vec<OpenOrganization>, Error> {
        Ok(self.store.organizations_open_to(session).await?)
    }

    /// The same `None` for an organization that does not let them in and for one that is not there.
    pub async fn enter_organization(
        &self,
        session: &OperatorSession,
        key: &str,
        grant: Option<SupportGrantId>,
        arrival: Arrival,
    ) -> Result<Option<SessionToken>, Error> {
        Ok(self.store.enter_organization(session, key, grant, arrival).await?)
    }

    /// Before the request is answered.
    pub async fn record_support_step(
        &self,
        session: &SupportSession,
        context: &AccessContext,
        method: &str,
        path: &str,
    ) -> Result<(), Error> {
        Ok(self.store.record_support_step(session, context, method, path).await?)
    }
}
