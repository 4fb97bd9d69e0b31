//! Requests for access: they reach those who can grant it, with the smallest sufficient grant filled in.
use crate::{
    Act, Administration, AuditEvent, StoreError, Tenant,
    audit::Given,
    connection_roles::{Assignee, role_name},
    error::one_row,
    tenant::{TenantTx, stored_id, stored_instant, tenant_sql},
};
use std::sync::Arc;
use tessera_access::{
    ActionKind, ConnectionAccess, Facts, Grantee, NodeKind, Permit, Person, Resource, ResourceKind, Scope, Sealed,
    SmallestGrant, Snapshot, Wish,
    action::{Action, Approve, Decline, RequestAccess, View, Withdraw},
    decide,
};
use tessera_base::{AccessRequestId, ConnectionId, Instant, NodeId, UserId};

/// Open at a time, of one person.
const MOST_OPEN: i64 = 50;
/// How many that were decided a person still sees.
const REMEMBERED: i64 = 50;

/// What is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    pub what: WantedKind,
    /// As the request called it.
    pub asked_as: String,
    /// What that is; none when it is nothing. Told to those alone who may see the request.
    node: Option<NodeId>,
    connection: Option<ConnectionId>,
    pub action: ActionKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WantedKind {
    Folder,
    Document,
    Connection,
}

impl WantedKind {
    const ALL: [Self; 3] = [Self::Folder, Self::Document, Self::Connection];

    pub fn name(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Document => "document",
            Self::Connection => "connection",
        }
    }

    /// What decides: of a connection, the questions that its model may be asked.
    pub fn resource(self) -> ResourceKind {
        match self {
            Self::Folder => ResourceKind::Folder,
            Self::Document => ResourceKind::Document,
            Self::Connection => ResourceKind::Model,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccessRequest {
    pub id: AccessRequestId,
    pub requester: UserId,
    pub wanted: Wanted,
    pub message: String,
    pub state: RequestState,
    pub created_at: Instant,
    pub decided_at: Option<Instant>,
    pub decided_by: Option<UserId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestState {
    Open,
    Approved,
    Declined,
    Withdrawn,
}

impl RequestState {
    const ALL: [Self; 4] = [Self::Open, Self::Approved, Self::Declined, Self::Withdrawn];

    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Resource for AccessRequest {
    const KIND: ResourceKind = ResourceKind::AccessRequest;
}

impl AccessRequest {
    pub fn node(&self) -> Option<NodeId> {
        self.wanted.node
    }

    pub fn connection(&self) -> Option<ConnectionId> {
        self.wanted.connection
    }

    /// What the requester lacks still; `None` for something that is nothing, or a requester who is gone.
    pub fn needed(&self, snapshot: &Snapshot) -> Option<SmallestGrant> {
        let Wanted { what, node, connection, action, .. } = self.wanted;
        let node = node.filter(|node| snapshot.nodes().get(*node).is_some_and(|node| !node.trashed));
        let connection = match what {
            WantedKind::Connection => Some(connection.filter(|id| snapshot.connection(*id).is_some())?),
            WantedKind::Folder | WantedKind::Document => snapshot.nodes().get(node?).and_then(|node| node.connection),
        };
        let owner = node.and_then(|node| snapshot.nodes().get(node)).and_then(|node| node.owner);
        let facts = Facts { connection, owner, node, ..Facts::of(snapshot.organization()) };
        SmallestGrant::of(snapshot, self.requester, what.resource(), &facts, action)
    }

    /// Whoever can give what is lacking decides; first of a folder or document, then of its connection, so that nobody
    /// learns of a document by managing what it asks.
    fn facts(&self, snapshot: &Snapshot) -> Facts {
        let needed = self.needed(snapshot);
        // To somebody who is gone nothing is given, and that they are gone says it.
        let gone = snapshot.person(self.requester).is_none_or(|person| !person.is_active());
        let grantable = gone || needed.as_ref().is_some_and(|needed| needed.beyond.is_empty());
        let needed = needed.unwrap_or_default();
        let of_connection = needed.connection.filter(|_| needed.content.is_none());
        let (connection, role) = of_connection.unzip();
        let node = self.wanted.node.filter(|_| connection.is_none());
        let wish = Wish { open: self.state == RequestState::Open, grantable, role };
        let of = Facts::of(snapshot.organization());
        Facts { connection, owner: Some(self.requester), node, wish: Some(wish), ..of }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    requester_id: String,
    kind: String,
    asked_as: String,
    node_id: Option<String>,
    connection_id: Option<String>,
    action: String,
    message: String,
    state: String,
    created_at_ms: i64,
    decided_at_ms: Option<i64>,
    decided_by: Option<String>,
}

impl Row {
    fn request(self) -> Result<AccessRequest, StoreError> {
        let unreadable = |what| move || StoreError::Unreadable { what };
        let what = WantedKind::ALL.into_iter().find(|kind| kind.name() == self.kind);
        let state = RequestState::ALL.into_iter().find(|state| state.name() == self.state);
        let id = |text: Option<String>| text.map(|text| stored_id(&text, "user id")).transpose();
        Ok(AccessRequest {
            id: stored_id(&self.id, "access request id")?,
            requester: stored_id(&self.requester_id, "user id")?,
            wanted: Wanted {
                what: what.ok_or_else(unreadable("kind of access request"))?,
                asked_as: self.asked_as,
                node: self.node_id.map(|id| stored_id(&id, "node id")).transpose()?,
                connection: self.connection_id.map(|id| stored_id(&id, "connection id")).transpose()?,
                action: ActionKind::from_name(&self.action).ok_or_else(unreadable("action"))?,
            },
            message: self.message,
            state: state.ok_or_else(unreadable("state of an access request"))?,
            created_at: stored_instant(self.created_at_ms)?,
            decided_at: self.decided_at_ms.map(stored_instant).transpose()?,
            decided_by: id(self.decided_by)?,
        })
    }
}

impl Tenant<'_> {
    /// What a request for access is about, whether the person may know of it or not.
    pub async fn wanted(&self, what: WantedKind, asked_as: &str, action: ActionKind) -> Result<Wanted, StoreError> {
        let snapshot = self.context.snapshot();
        let mut wanted = Wanted { what, asked_as: asked_as.to_owned(), node: None, connection: None, action };
        let id = asked_as.parse::<NodeId>().ok();
        match what {
            WantedKind::Folder => wanted.node = id.filter(|id| snapshot.nodes().is(*id, NodeKind::Folder)),
            WantedKind::Document => {
                let id = match id {
                    Some(id) => Some(id),
                    None => self.document_by_slug(asked_as).await?,
                };
                wanted.node = id.filter(|id| snapshot.nodes().is(*id, NodeKind::Document));
            }
            WantedKind::Connection => {
                let named = |connection: &&Arc<ConnectionAccess>| {
                    *connection.name == *asked_as || connection.id.to_string() == asked_as
                };
                wanted.connection = snapshot.connections().find(named).map(|connection| connection.id);
            }
        }
        Ok(wanted)
    }

    async fn document_by_slug(&self, slug: &str) -> Result<Option<NodeId>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let id: Option<String> = tx
            .query_scalar(tenant_sql!("SELECT id FROM nodes WHERE org_id = $1 AND slug = $2"))
            .bind(slug)
            .fetch_optional(tx.connection())
            .await?;
        id.map(|id| stored_id(&id, "node id")).transpose()
    }

    pub async fn access_request(&self, id: AccessRequestId) -> Result<Option<Sealed<AccessRequest>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, requester_id, kind, asked_as, node_id, connection_id, action, message, state, created_at_ms,
                        decided_at_ms, decided_by FROM access_requests WHERE org_id = $1 AND id = $2"
            ))
            .bind(id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        Ok(row.map(Row::request).transpose()?.map(|request| self.seal_request(request)))
    }

    /// Newest first: the person's own, and those that wait for them.
    pub async fn access_requests(
        &self,
        scope: &Scope<AccessRequest>,
    ) -> Result<Vec<Permit<AccessRequest, View>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let mut rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, requester_id, kind, asked_as, node_id, connection_id, action, message, state, created_at_ms,
                        decided_at_ms, decided_by FROM access_requests WHERE org_id = $1 AND state = 'open'
                 ORDER BY id DESC"
            ))
            .fetch_all(tx.connection())
            .await?;
        let decided: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, requester_id, kind, asked_as, node_id, connection_id, action, message, state, created_at_ms,
                        decided_at_ms, decided_by FROM access_requests
                 WHERE org_id = $1 AND requester_id = $2 AND state <> 'open' ORDER BY id DESC LIMIT $3"
            ))
            .bind(self.context.user().id.to_string())
            .bind(REMEMBERED)
            .fetch_all(tx.connection())
            .await?;
        rows.extend(decided);
        let requests = rows.into_iter().map(Row::request).collect::<Result<Vec<_>, _>>()?;
        Ok(scope.open_all(requests.into_iter().map(|request| self.seal_request(request))))
    }

    #[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
    fn seal_request(&self, request: AccessRequest) -> Sealed<AccessRequest> {
        let facts = request.facts(self.context.snapshot());
        Sealed::new(request, facts)
    }
}

impl Act<Arc<Person>, RequestAccess> {
    /// The same answer whether what is wanted is hidden or is nothing. Asking twice is asking once.
    pub async fn request_access(mut self, wanted: Wanted, message: &str) -> Result<AccessRequestId, StoreError> {
        let requester = self.person()?.id;
        let snapshot = self.snapshot().clone();
        let mut administration = self.administration();
        let id = AccessRequestId::new(administration.store.new_id()?);
        let created_at = administration.store.now();
        let request = AccessRequest {
            id,
            requester,
            wanted,
            message: message.to_owned(),
            state: RequestState::Open,
            created_at,
            decided_at: None,
            decided_by: None,
        };
        if request.needed(&snapshot).is_some_and(|needed| needed.is_nothing()) {
            return Err(StoreError::HasAccess);
        }
        let open: Option<String> = administration
            .tx
            .query_scalar(tenant_sql!(
                "SELECT id FROM access_requests
                 WHERE org_id = $1 AND requester_id = $2 AND state = 'open' AND kind = $3 AND asked_as = $4 AND action = $5"
            ))
            .bind(requester.to_string())
            .bind(request.wanted.what.name())
            .bind(request.wanted.asked_as.clone())
            .bind(request.wanted.action.name())
            .fetch_optional(administration.tx.connection())
            .await?;
        if let Some(open) = open {
            return stored_id(&open, "access request id");
        }
        let count: i64 = administration
            .tx
            .query_scalar(tenant_sql!(
                "SELECT count(*) FROM access_requests WHERE org_id = $1 AND requester_id = $2 AND state = 'open'"
            ))
            .bind(requester.to_string())
            .fetch_one(administration.tx.connection())
            .await?;
        if count >= MOST_OPEN {
            return Err(StoreError::TooManyRequests { most: MOST_OPEN });
        }
        administration.add_request(&request).await?;
        self.commit_created(id).await?;
        Ok(id)
    }
}

impl Act<AccessRequest, Approve> {
    /// Gives what is lacking, as far as it is this person's to give; answers whether nothing is lacking any more.
    pub async fn approve(mut self) -> Result<bool, StoreError> {
        let (request, by) = (self.open_request().await?, self.permit().context().user().id);
        if request.requester == by {
            return Err(StoreError::OwnRequest);
        }
        let snapshot = self.snapshot().clone();
        let needed = request.needed(&snapshot);
        let needed = needed.filter(|needed| needed.beyond.is_empty()).ok_or(StoreError::NothingToGrant)?;
        let may_assign = |connection| {
            let facts = Facts { connection: Some(connection), ..Facts::of(snapshot.organization()) };
            decide(self.permit().context(), ResourceKind::Connection, &facts, ActionKind::AssignRoles).allowed()
        };
        let mut role = needed.connection_role().filter(|(connection, _)| may_assign(*connection));
        if let Some((connection, given)) = role
            && let Some(missing) = self.standing().lacks_to_give_on(connection, given)
        {
            if needed.content.is_none() {
                return Err(self.refuse(missing).await);
            }
            role = None;
        }
        let mut administration = self.administration();
        let mut given = Given::default();
        if let (Some(role), Some(node)) = (needed.content, request.wanted.node) {
            let to = Grantee::User(request.requester);
            let grants = snapshot.nodes().get(node).map(|node| node.grants.clone()).unwrap_or_default();
            let before = grants.iter().find(|grant| grant.to == to).map(|grant| grant.role);
            administration.set_grant(node, to, before, Some(role)).await?;
            (given.node, given.content_role) = (Some(node), Some(role.name()));
        }
        if let Some((connection, role)) = role {
            let assignee = Assignee::User(request.requester);
            administration.set_connection_role(connection, assignee, Some(role)).await?;
            (given.connection, given.connection_role) = (Some(connection), Some(role_name(role)));
        }
        let complete = needed.connection.is_none() || role.is_some();
        let (id, user) = (request.id, request.requester);
        let event = AuditEvent::AccessRequestApproved { request: id, user, given, complete };
        match complete {
            true => administration.close_request(id, RequestState::Approved, by, event).await?,
            false => administration.done(event).await?,
        }
        self.commit().await?;
        Ok(complete)
    }
}

impl Act<AccessRequest, Decline> {
    pub async fn decline(mut self) -> Result<(), StoreError> {
        let (request, by) = (self.open_request().await?, self.permit().context().user().id);
        let event = AuditEvent::AccessRequestDeclined { request: request.id, user: request.requester };
        self.administration().close_request(request.id, RequestState::Declined, by, event).await?;
        self.commit().await
    }
}

impl Act<AccessRequest, Withdraw> {
    pub async fn withdraw(mut self) -> Result<(), StoreError> {
        let (request, by) = (self.open_request().await?, self.permit().context().user().id);
        let event = AuditEvent::AccessRequestWithdrawn { request: request.id };
        self.administration().close_request(request.id, RequestState::Withdrawn, by, event).await?;
        self.commit().await
    }
}

impl<A: Action> Act<AccessRequest, A> {
    /// As it is while the write is made.
    async fn open_request(&mut self) -> Result<AccessRequest, StoreError> {
        let request = self.resource().clone();
        let mut administration = self.administration();
        let state: Option<String> = administration
            .tx
            .query_scalar(tenant_sql!("SELECT state FROM access_requests WHERE org_id = $1 AND id = $2"))
            .bind(request.id.to_string())
            .fetch_optional(administration.tx.connection())
            .await?;
        match state.as_deref() {
            Some("open") => Ok(request),
            _ => Err(StoreError::Decided),
        }
    }
}

impl Administration<'_> {
    async fn add_request(&mut self, request: &AccessRequest) -> Result<(), StoreError> {
        let wanted = &request.wanted;
        self.tx
            .query(tenant_sql!(
                "INSERT INTO access_requests
                 (org_id, id, requester_id, kind, asked_as, node_id, connection_id, action, message, state, created_at_ms)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10)"
            ))
            .bind(request.id.to_string())
            .bind(request.requester.to_string())
            .bind(wanted.what.name())
            .bind(wanted.asked_as.clone())
            .bind(wanted.node.map(|id| id.to_string()))
            .bind(wanted.connection.map(|id| id.to_string()))
            .bind(wanted.action.name())
            .bind(request.message.clone())
            .bind(request.created_at.timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        self.done(AuditEvent::AccessRequested {
            request: request.id,
            kind: wanted.what.name(),
            asked_as: wanted.asked_as.clone(),
            action: wanted.action.name(),
        })
        .await
    }

    async fn close_request(
        &mut self,
        request: AccessRequestId,
        state: RequestState,
        by: UserId,
        event: AuditEvent,
    ) -> Result<(), StoreError> {
        let closed = self
            .tx
            .query(tenant_sql!(
                "UPDATE access_requests SET state = $3, decided_at_ms = $4, decided_by = $5 WHERE org_id = $1 AND id = $2"
            ))
            .bind(request.to_string())
            .bind(state.name())
            .bind(self.store.now().timestamp_millis())
            .bind(by.to_string())
            .execute(self.tx.connection())
            .await?;
        one_row(closed, "access request", request)?;
        self.done(event).await
    }
}
