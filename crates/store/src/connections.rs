use crate::{
    Administration, AuditEvent, StoreError, Tenant,
    changes::Changed,
    error::taken,
    tenant::{TenantTx, listed_connections, seal, stored_id, tenant_sql},
};
use std::path::PathBuf;
use tessera_access::{Connection, EngineKind, Permit, Scope, Sealed, action::View};
use tessera_base::ConnectionId;

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    engine: String,
    folder: String,
    version: i64,
}

impl Row {
    fn connection(self) -> Result<Connection, StoreError> {
        let engine = match self.engine.as_str() {
            "files" => EngineKind::Files { folder: PathBuf::from(self.folder) },
            _ => return Err(StoreError::Unreadable { what: "engine" }),
        };
        let id = stored_id(&self.id, "connection id")?;
        Ok(Connection { id, name: self.name, engine, version: self.version.unsigned_abs() })
    }
}

impl Tenant<'_> {
    pub async fn connection(&self, name: &str) -> Result<Option<Sealed<Connection>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, engine, folder, version FROM connections WHERE org_id = $1 AND name = $2"
            ))
            .bind(name.to_owned())
            .fetch_optional(tx.connection())
            .await?;
        row.map(|row| self.seal_connection(row)).transpose()
    }

    pub async fn connection_by_id(&self, id: ConnectionId) -> Result<Option<Sealed<Connection>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let row: Option<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, engine, folder, version FROM connections WHERE org_id = $1 AND id = $2"
            ))
            .bind(id.to_string())
            .fetch_optional(tx.connection())
            .await?;
        row.map(|row| self.seal_connection(row)).transpose()
    }

    /// By name.
    pub async fn connections(&self, scope: &Scope<Connection>) -> Result<Vec<Permit<Connection, View>>, StoreError> {
        let mut transaction = self.store.read().await?;
        let mut tx = TenantTx::new(self.context.organization(), &mut transaction);
        let rows: Vec<Row> = tx
            .query_as(tenant_sql!(
                "SELECT id, name, engine, folder, version FROM connections
                 WHERE org_id = $1 AND ($2 IS NULL OR id IN (SELECT value FROM json_each($2))) ORDER BY name"
            ))
            .bind(listed_connections(scope))
            .fetch_all(tx.connection())
            .await?;
        let sealed = rows.into_iter().map(|row| self.seal_connection(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(scope.open_all(sealed))
    }

    fn seal_connection(&self, row: Row) -> Result<Sealed<Connection>, StoreError> {
        let connection = row.connection()?;
        Ok(seal(self.context.organization(), connection.id, connection))
    }
}

impl Administration<'_> {
    /// Nobody but the organization's admins holds a role on a new connection.
    pub async fn add_connection(&mut self, name: &str, engine: &EngineKind) -> Result<ConnectionId, StoreError> {
        let connection = ConnectionId::new(self.store.new_id()?);
        let (engine, folder) = columns(engine)?;
        self.tx
            .query(tenant_sql!(
                "INSERT INTO connections (org_id, id, name, engine, folder) VALUES ($1, $2, $3, $4, $5)"
            ))
            .bind(connection.to_string())
            .bind(name.to_owned())
            .bind(engine)
            .bind(folder)
            .execute(self.tx.connection())
            .await
            .map_err(taken("connection", name))?;
        let event = AuditEvent::ConnectionAdded { connection, name: name.to_owned() };
        self.access_changed(&[Changed::Connection(connection)], event).await?;
        Ok(connection)
    }

    /// Nothing that was cached for the old one, and no permit to use its engine, holds for the new one.
    pub async fn change_connection(&mut self, connection: ConnectionId, engine: &EngineKind) -> Result<(), StoreError> {
        let (engine, folder) = columns(engine)?;
        let after: Option<i64> = self
            .tx
            .query_scalar(tenant_sql!(
                "UPDATE connections SET engine = $3, folder = $4, version = version + 1 WHERE org_id = $1 AND id = $2
                 RETURNING version"
            ))
            .bind(connection.to_string())
            .bind(engine)
            .bind(folder)
            .fetch_optional(self.tx.connection())
            .await?;
        let after = after.ok_or_else(|| StoreError::Unknown { noun: "connection", name: connection.to_string() })?;
        self.done(AuditEvent::ConnectionChanged { connection, before: after - 1, after }).await
    }
}

fn columns(engine: &EngineKind) -> Result<(&'static str, String), StoreError> {
    match engine {
        EngineKind::Files { folder } => {
            let folder =
                folder.to_str().ok_or_else(|| StoreError::FolderName(folder.to_string_lossy().into_owned()))?;
            Ok(("files", folder.to_owned()))
        }
    }
}
