use super::{Content, Folder, changed, facts};
use crate::{
    Act, Administration, AuditEvent, Ruling, StoreError, Tenant,
    abilities::list_abilities,
    audit::{self, Author, Switched},
    error::{one_row, taken},
    tenant::{TenantTx, id_list, stored_id, stored_instant, tenant_sql},
};
use tessera_access::{
    Connection, Permit, Resource, ResourceKind, Scope, Sealed, Switches,
    action::{CreateDocuments, CreateIn, Edit, Open, Publish, SetSwitches, View},
};
use tessera_base::{ConnectionId, Instant, Name, NodeId, UserId};

/// A workbook and its dashboards, without what is in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    pub id: NodeId,
    pub name: String,
    /// Another way to name it, which can be changed.
    pub slug: Option<String>,
    pub folder: NodeId,
    pub connection: ConnectionId,
    /// The version that readers see; none before the first was published.
    pub published: Option<u64>,
    pub version: u64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Resource for Document {
    const KIND: ResourceKind = ResourceKind::Document;
}

impl Content for Document {
    fn id(&self) -> NodeId {
        self.id
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// What a document holds: a JSON object, as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body(String);

impl Body {
    const MOST_BYTES: usize = 200 * 1024;

    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text.len() > Self::MOST_BYTES {
            return Err(StoreError::BodyTooLarge { most_bytes: Self::MOST_BYTES });
        }
        match serde_json::from_str::<serde_json::Value>(text) {
            Ok(serde_json::Value::Object(_)) => Ok(Self(text.to_owned())),
            _ => Err(StoreError::BodyShape),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is being written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    pub body: Body,
    pub version: u64,
    pub saved_at: Instant,
    pub saved_by: UserId,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedVersion {
    pub number: u64,
    pub published_at: Instant,
    pub published_by: UserId,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    slug: Option<String>,
    parent_id: String,
    connection_id: String,
    published: Option<i64>,
    version: i64,
    created_at_ms: i64,
    updated_at_ms: i64,
}

impl Row {
    fn document(self) -> Result<Document, StoreError> {
        Ok(Document {
            id: stored_id(&self.id, "node id")?,
            name: self.name,
            slug: self.slug,
            folder: stored_id(&self.parent_id, "node id")?,
            connection: stored_id(&self.connection_id, "connection id")?,
            published: self.published.map(i64::unsigned_abs),
            version: self.version.unsigned_abs(),
            created_at: stored_instant(self.created_at_ms)?,
            updated_at: stored_instant(self.updated_at_ms)?,
        })
    }
}

impl Tenant<'_> {
    /// By its id, or its slug.
    pub async fn document(&self, asked_as: &str) -> Result<Option<Sealed<Document>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, slug, parent_id, connection_id, published, version, created_at_ms, updated_at_ms FROM nodes
                 WHERE org_id = $1 AND kind = 'document' AND (id = $2 OR slug = $2)"
            ))
            .bind(asked_as.to_owned())
            .fetch_optional(tx.connection())
            .await?;
        row.map(|row| self.seal_document(row)).transpose()
    }

    /// Those of `ids` that the scope holds, in the order of the ids.
    pub async fn documents(
        &self,
        scope: &Scope<Document>,
        ids: &[NodeId],
    ) -> Result<Vec<Permit<Document, View>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, slug, parent_id, connection_id, published, version, created_at_ms, updated_at_ms FROM nodes
                 WHERE org_id = $1 AND kind = 'document' AND id IN (SELECT value FROM json_each($2))"
            ))
            .bind(id_list(ids))
            .fetch_all(tx.connection())
            .await?;
        let sealed = rows.into_iter().map(|row| self.seal_document(row)).collect::<Result<Vec<_>, _>>()?;
        let mut permits = scope.open_all(sealed);
        permits.sort_by_key(|permit| ids.iter().position(|id| *id == permit.resource().id));
        Ok(permits)
    }

    /// What readers see; none before the first was published. The trail tells of it, as of the two below.
    pub async fn published_body(&self, permit: &Permit<Document, Open>) -> Result<Option<Body>, StoreError> {
        match permit.resource().published {
            Some(number) => self.body_of(permit, "published", number).await.map(Some),
            None => Ok(None),
        }
    }

    pub async fn draft(&self, permit: &Permit<Document, Edit>) -> Result<Option<Draft>, StoreError> {
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<(String, i64, i64, String)> = tx
            .query_as(tenant_sql!(
                "SELECT body_json, version, saved_at_ms, saved_by FROM document_drafts WHERE org_id = $1 AND document_id = $2"
            ))
            .bind(permit.resource().id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        let draft = |(body, version, saved_at, saved_by): (String, i64, i64, String)| {
            Ok::<_, StoreError>(Draft {
                body: Body(body),
                version: version.unsigned_abs(),
                saved_at: stored_instant(saved_at)?,
                saved_by: stored_id(&saved_by, "user id")?,
            })
        };
        let draft = row.map(draft).transpose()?;
        if let Some(draft) = &draft {
            self.tell_read(&mut tx, permit, "draft", draft.version).await?;
        }
        transaction.commit().await?;
        Ok(draft)
    }

    /// What was published, latest first.
    pub async fn history(&self, permit: &Permit<Document, Edit>) -> Result<Vec<PublishedVersion>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let rows: Vec<(i64, i64, String)> = tx
            .query_as(tenant_sql!(
                "SELECT number, published_at_ms, published_by FROM document_versions
                 WHERE org_id = $1 AND document_id = $2 ORDER BY number DESC"
            ))
            .bind(permit.resource().id.to_string())
            .fetch_all(tx.connection())
            .await?;
        let version = |(number, at, by): (i64, i64, String)| {
            Ok(PublishedVersion {
                number: number.unsigned_abs(),
                published_at: stored_instant(at)?,
                published_by: stored_id(&by, "user id")?,
            })
        };
        rows.into_iter().map(version).collect()
    }

    pub async fn version_body(&self, permit: &Permit<Document, Edit>, number: u64) -> Result<Body, StoreError> {
        self.body_of(permit, "version", number).await
    }

    /// INVARIANT: a body leaves after the trail tells of it.
    async fn body_of<A>(
        &self,
        permit: &Permit<Document, A>,
        what: &'static str,
        number: u64,
    ) -> Result<Body, StoreError> {
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let body = body(&mut tx, permit.resource().id, number).await?;
        self.tell_read(&mut tx, permit, what, number).await?;
        transaction.commit().await?;
        Ok(body)
    }

    async fn tell_read<A>(
        &self,
        tx: &mut TenantTx<'_>,
        permit: &Permit<Document, A>,
        what: &'static str,
        version: u64,
    ) -> Result<(), StoreError> {
        let author = Author::of(permit.context(), Ruling::allowed(permit.because()));
        let event = AuditEvent::DocumentRead { document: permit.resource().id, what, version };
        audit::record(tx, self.store.now(), &author, &event).await?;
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "rows are read in this crate, and sealed here")]
    fn seal_document(&self, row: Row) -> Result<Sealed<Document>, StoreError> {
        let document = row.document()?;
        let facts = facts(self.context.organization(), self.context.snapshot(), document.id);
        Ok(Sealed::new(document, facts))
    }
}

async fn body(tx: &mut TenantTx<'_>, document: NodeId, number: u64) -> Result<Body, StoreError> {
    let body: Option<String> = tx
        .query_scalar(tenant_sql!(
            "SELECT body_json FROM document_versions WHERE org_id = $1 AND document_id = $2 AND number = $3"
        ))
        .bind(document.to_string())
        .bind(number.cast_signed())
        .fetch_optional(tx.connection())
        .await?;
    body.map(Body).ok_or_else(|| StoreError::Unknown { noun: "version", name: number.to_string() })
}

impl Act<Folder, CreateIn> {
    /// An empty document, which asks this connection. Whoever makes it owns it.
    pub async fn create_document(
        self,
        name: Name,
        on: Permit<Connection, CreateDocuments>,
    ) -> Result<NodeId, StoreError> {
        let (mut act, on) = self.with(on).await?;
        let (folder, owner) = (act.resource().id, act.permit().context().user().id);
        let id = act.administration().create_document(folder, on.resource().id, name, owner).await?;
        act.commit_created(id).await?;
        Ok(id)
    }
}

impl Act<Document, Edit> {
    pub async fn rename(mut self, name: Name) -> Result<(), StoreError> {
        let document = self.resource().clone();
        self.administration().rename(document.id, document.version, &document.name, name).await?;
        self.commit().await
    }

    pub async fn set_slug(mut self, slug: Option<&str>) -> Result<(), StoreError> {
        let document = self.resource().clone();
        if let Some(slug) = slug {
            check_slug(slug)?;
        }
        let mut administration = self.administration();
        administration.claim(document.id, document.version).await?;
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET slug = $3 WHERE org_id = $1 AND id = $2"))
            .bind(document.id.to_string())
            .bind(slug.map(str::to_owned))
            .execute(administration.tx.connection())
            .await
            .map_err(taken("document", slug.unwrap_or_default()))?;
        let event =
            AuditEvent::SlugChanged { document: document.id, before: document.slug, after: slug.map(str::to_owned) };
        administration.done(event).await?;
        self.commit().await
    }

    /// Saves what is being written over the draft of `expected`; nothing is expected before the first. Answers the
    /// draft's version.
    pub async fn save_draft(mut self, expected: Option<u64>, body: &Body) -> Result<u64, StoreError> {
        let (document, by) = (self.resource().id, self.permit().context().user().id);
        let version = self.administration().save_draft(document, by, expected, body).await?;
        self.commit().await?;
        Ok(version)
    }

    /// Makes an earlier version the draft.
    pub async fn restore_version(mut self, expected: Option<u64>, number: u64) -> Result<u64, StoreError> {
        let (document, by) = (self.resource().id, self.permit().context().user().id);
        let mut administration = self.administration();
        let body = body(&mut administration.tx, document, number).await?;
        let version = administration.save_draft(document, by, expected, &body).await?;
        self.commit().await?;
        Ok(version)
    }
}

impl Act<Document, Publish> {
    /// Shows the draft of `expected` to the readers; answers the number of the version.
    pub async fn publish(mut self, expected: u64) -> Result<u64, StoreError> {
        let (document, by) = (self.resource().id, self.permit().context().user().id);
        let mut administration = self.administration();
        let now = administration.store.now().timestamp_millis();
        let tx = &mut administration.tx;
        let draft: Option<String> = tx
            .query_scalar(tenant_sql!(
                "SELECT body_json FROM document_drafts WHERE org_id = $1 AND document_id = $2 AND version = $3"
            ))
            .bind(document.to_string())
            .bind(expected.cast_signed())
            .fetch_optional(tx.connection())
            .await?;
        let body = draft.ok_or(StoreError::Stale)?;
        let last: Option<i64> = tx
            .query_scalar(tenant_sql!(
                "SELECT max(number) FROM document_versions WHERE org_id = $1 AND document_id = $2"
            ))
            .bind(document.to_string())
            .fetch_one(tx.connection())
            .await?;
        let number = last.unwrap_or_default() + 1;
        tx.query(tenant_sql!(
            "INSERT INTO document_versions (org_id, document_id, number, body_json, published_at_ms, published_by)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ))
        .bind(document.to_string())
        .bind(number)
        .bind(body)
        .bind(now)
        .bind(by.to_string())
        .execute(tx.connection())
        .await?;
        let before: Option<i64> = tx
            .query_scalar(tenant_sql!("SELECT published FROM nodes WHERE org_id = $1 AND id = $2"))
            .bind(document.to_string())
            .fetch_one(tx.connection())
            .await?;
        tx.query(tenant_sql!(
            "UPDATE nodes SET published = $3, version = version + 1, updated_at_ms = $4 WHERE org_id = $1 AND id = $2"
        ))
        .bind(document.to_string())
        .bind(number)
        .bind(now)
        .execute(tx.connection())
        .await?;
        let number = number.unsigned_abs();
        administration
            .done(AuditEvent::DocumentPublished { document, before: before.map(i64::unsigned_abs), after: number })
            .await?;
        self.commit().await?;
        Ok(number)
    }
}

impl Act<Document, SetSwitches> {
    /// What the document says of its readers' abilities; what it does not mention is as the organization says.
    pub async fn set_switches(mut self, switches: Switches) -> Result<(), StoreError> {
        let id = self.resource().id;
        let before = self.snapshot().nodes().get(id).map(|node| node.switches).unwrap_or_default();
        let (before, after) = (switched(before), switched(switches));
        let mut administration = self.administration();
        administration
            .tx
            .query(tenant_sql!("UPDATE nodes SET switched_on = $3, switched_off = $4 WHERE org_id = $1 AND id = $2"))
            .bind(id.to_string())
            .bind(after.on.clone())
            .bind(after.off.clone())
            .execute(administration.tx.connection())
            .await?;
        administration
            .access_changed(&changed(id), AuditEvent::SwitchesChanged { document: id, before, after })
            .await?;
        self.commit().await
    }
}

impl Administration<'_> {
    /// An empty one.
    pub async fn create_document(
        &mut self,
        folder: NodeId,
        connection: ConnectionId,
        name: Name,
        owner: UserId,
    ) -> Result<NodeId, StoreError> {
        let id = NodeId::new(self.store.new_id()?);
        self.tx
            .query(tenant_sql!(
                "INSERT INTO nodes (org_id, id, kind, name, parent_id, owner_id, connection_id, created_at_ms, updated_at_ms)
                 VALUES ($1, $2, 'document', $3, $4, $5, $6, $7, $7)"
            ))
            .bind(id.to_string())
            .bind(name.to_string())
            .bind(folder.to_string())
            .bind(owner.to_string())
            .bind(connection.to_string())
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        let event = AuditEvent::DocumentCreated { document: id, folder, name: name.to_string() };
        self.access_changed(&changed(id), event).await?;
        Ok(id)
    }

    async fn save_draft(
        &mut self,
        document: NodeId,
        by: UserId,
        expected: Option<u64>,
        body: &Body,
    ) -> Result<u64, StoreError> {
        let now = self.store.now().timestamp_millis();
        let written = match expected {
            None => self
                .tx
                .query(tenant_sql!(
                    "INSERT INTO document_drafts (org_id, document_id, body_json, saved_at_ms, saved_by)
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, document_id) DO NOTHING"
                ))
                .bind(document.to_string())
                .bind(body.as_str().to_owned())
                .bind(now)
                .bind(by.to_string()),
            Some(expected) => self
                .tx
                .query(tenant_sql!(
                    "UPDATE document_drafts SET body_json = $3, saved_at_ms = $4, saved_by = $5, version = version + 1
                     WHERE org_id = $1 AND document_id = $2 AND version = $6"
                ))
                .bind(document.to_string())
                .bind(body.as_str().to_owned())
                .bind(now)
                .bind(by.to_string())
                .bind(expected.cast_signed()),
        };
        let written = written.execute(self.tx.connection()).await?;
        one_row(written, "draft", document).map_err(|_| StoreError::Stale)?;
        let after = expected.map_or(1, |expected| expected + 1);
        self.done(AuditEvent::DraftSaved { document, before: expected, after }).await?;
        Ok(after)
    }
}

fn switched(switches: Switches) -> Switched {
    Switched { on: list_abilities(switches.on), off: list_abilities(switches.off) }
}

/// Small letters, digits and hyphens; and no id, which would name another document.
fn check_slug(slug: &str) -> Result<(), StoreError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = (1..=80).contains(&slug.len()) && slug.bytes().all(allowed) && !slug.starts_with('-');
    if !fits || slug.parse::<NodeId>().is_ok() {
        return Err(StoreError::Slug { slug: slug.to_owned() });
    }
    Ok(())
}
