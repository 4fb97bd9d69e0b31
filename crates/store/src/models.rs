use crate::{
    Administration, AuditEvent, StoreError, Tenant,
    error::{taken, unknown},
    tenant::{TenantTx, facts, listed_connections, seal, stored_id, tenant_sql},
};
use std::collections::BTreeMap;
use tessera_access::{Permit, Resource, ResourceKind, Scope, Sealed, action::View};
use tessera_base::{ConnectionId, OrganizationId};

/// One version of a model, which never changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModelKey {
    pub organization: OrganizationId,
    pub connection: ConnectionId,
    pub version: u64,
}

/// The files of a model in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredModel {
    pub key: ModelKey,
    /// What a request calls it.
    pub name: String,
    pub label: String,
    /// Path to text.
    pub files: BTreeMap<String, String>,
}

/// Makes the model that a request works with from its files. The store seals what it makes, so that the model of a
/// decision is the model of that row.
///
/// INVARIANT: what is made goes back to the store and nowhere else, but for what [`ModelCompiler::compiled`] remembers.
pub trait ModelCompiler: Sync {
    type Model: Resource + Send;
    type Error;

    /// What was made of this version before; its files are then not read again.
    fn compiled(&self, key: &ModelKey) -> Option<Self::Model>;

    fn compile(&self, stored: StoredModel) -> impl Future<Output = Result<Self::Model, Self::Error>> + Send;
}

#[derive(Debug, thiserror::Error)]
pub enum ModelError<E> {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the model in force does not compile")]
    Compile(#[source] E),
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    label: String,
    connection_id: String,
    version: i64,
}

struct Found {
    key: ModelKey,
    name: String,
    label: String,
}

impl Tenant<'_> {
    /// The model called `name`. One outside the scope is like one that does not exist: it is not even compiled, so that
    /// neither the time nor a mistake in it tells that it is there.
    pub async fn model<C: ModelCompiler>(
        &self,
        scope: &Scope<C::Model>,
        compiler: &C,
        name: &str,
    ) -> Result<Option<Sealed<C::Model>>, ModelError<C::Error>> {
        match self.find_models(scope, Some(name)).await?.into_iter().next() {
            Some(found) => self.compile(compiler, found).await.map(Some),
            None => Ok(None),
        }
    }

    /// By name.
    pub async fn models<C: ModelCompiler>(
        &self,
        scope: &Scope<C::Model>,
        compiler: &C,
    ) -> Result<Vec<Permit<C::Model, View>>, ModelError<C::Error>> {
        let mut sealed = Vec::new();
        for found in self.find_models(scope, None).await? {
            sealed.push(self.compile(compiler, found).await?);
        }
        Ok(scope.open_all(sealed))
    }

    async fn find_models<M: Resource>(&self, scope: &Scope<M>, name: Option<&str>) -> Result<Vec<Found>, StoreError> {
        const { assert!(matches!(M::KIND, ResourceKind::Model), "what is made of a model decides as a model") };
        let organization = self.context.organization();
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(organization, &mut transaction);
        let rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT models.name, versions.label, models.connection_id, versions.version
                 FROM models JOIN model_versions AS versions
                   ON versions.org_id = models.org_id AND versions.connection_id = models.connection_id AND versions.status = 'published'
                 WHERE models.org_id = $1 AND ($2 IS NULL OR models.name = $2)
                   AND ($3 IS NULL OR models.connection_id IN (SELECT value FROM json_each($3)))
                 ORDER BY models.name"
            ))
            .bind(name.map(str::to_owned))
            .bind(listed_connections(scope))
            .fetch_all(tx.connection())
            .await?;
        let found = rows.into_iter().map(|row| {
            let connection = stored_id(&row.connection_id, "connection id")?;
            let key = ModelKey { organization, connection, version: row.version.unsigned_abs() };
            Ok(Found { key, name: row.name, label: row.label })
        });
        let mut found = found.collect::<Result<Vec<_>, StoreError>>()?;
        found.retain(|found| scope.admits(&facts(organization, found.key.connection)));
        Ok(found)
    }

    async fn compile<C: ModelCompiler>(
        &self,
        compiler: &C,
        found: Found,
    ) -> Result<Sealed<C::Model>, ModelError<C::Error>> {
        let Found { key, name, label } = found;
        let model = match compiler.compiled(&key) {
            Some(model) => model,
            None => {
                let files = self.files(&key).await?;
                compiler.compile(StoredModel { key, name, label, files }).await.map_err(ModelError::Compile)?
            }
        };
        Ok(seal(key.organization, key.connection, model))
    }

    async fn files(&self, key: &ModelKey) -> Result<BTreeMap<String, String>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(key.organization, &mut transaction);
        let files: String = tx
            .query_scalar(tenant_sql!(
                "SELECT files_json FROM model_versions WHERE org_id = $1 AND connection_id = $2 AND version = $3"
            ))
            .bind(key.connection.to_string())
            .bind(key.version.cast_signed())
            .fetch_one(tx.connection())
            .await?;
        serde_json::from_str(&files).map_err(|_| StoreError::Unreadable { what: "model" })
    }
}

impl Administration<'_> {
    /// Puts these files in force on the connection, in the place of what was; answers their version. The name is given
    /// with the first version and stays.
    pub async fn publish_model(
        &mut self,
        connection: ConnectionId,
        name: &str,
        label: &str,
        files: &BTreeMap<String, String>,
    ) -> Result<u64, StoreError> {
        self.tx
            .query(tenant_sql!(
                "INSERT INTO models (org_id, connection_id, name) VALUES ($1, $2, $3) ON CONFLICT (org_id, connection_id) DO NOTHING"
            ))
            .bind(connection.to_string())
            .bind(name.to_owned())
            .execute(self.tx.connection())
            .await
            .map_err(|error| match error.as_database_error() {
                Some(database) if database.is_unique_violation() => taken("model", name)(error),
                _ => unknown("connection", connection)(error),
            })?;
        let last: Option<i64> = self
            .tx
            .query_scalar(tenant_sql!(
                "SELECT max(version) FROM model_versions WHERE org_id = $1 AND connection_id = $2"
            ))
            .bind(connection.to_string())
            .fetch_one(self.tx.connection())
            .await?;
        let version = last.unwrap_or_default() + 1;
        self.tx
            .query(tenant_sql!(
                "UPDATE model_versions SET status = 'replaced' WHERE org_id = $1 AND connection_id = $2 AND status = 'published'"
            ))
            .bind(connection.to_string())
            .execute(self.tx.connection())
            .await?;
        self.tx
            .query(tenant_sql!(
                "INSERT INTO model_versions (org_id, connection_id, version, label, files_json, status, created_at_ms)
                 VALUES ($1, $2, $3, $4, $5, 'published', $6)"
            ))
            .bind(connection.to_string())
            .bind(version)
            .bind(label.to_owned())
            .bind(serde_json::to_string(files).map_err(|_| StoreError::Unreadable { what: "model" })?)
            .bind(self.store.now().timestamp_millis())
            .execute(self.tx.connection())
            .await?;
        self.done(AuditEvent::ModelPublished { model: name.to_owned(), before: last, after: version }).await?;
        Ok(version.unsigned_abs())
    }
}
