//! Taking everything along, and removing everything.
mod tables;

use crate::{
    Act, AuditEvent, AuditHead, Ruling, StoreError, Tenant,
    audit::{self, Author, hexadecimal},
    database::{TextRow, Transaction},
    tenant::{TenantTx, tenant_sql},
};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tables::{EXPORTED, Exported, REMOVED};
pub use tables::{exported_columns, left_out};
use tessera_access::{AccessContext, Permit, Profile, action::Leave};

/// Rows that are read at once; a document's body may be large.
const BATCH: i64 = 50;

/// What is left of an organization's export; all of it is of one moment.
pub struct OrganizationExport {
    transaction: Transaction,
    permit: Permit<Arc<Profile>, Leave>,
    tables: std::slice::Iter<'static, Exported>,
    now: Option<(&'static Exported, i64)>,
}

impl Tenant<'_> {
    /// Begins an export, which the trail tells of before its first line leaves.
    pub async fn export_organization(
        &self,
        permit: Permit<Arc<Profile>, Leave>,
    ) -> Result<OrganizationExport, StoreError> {
        let mut transaction = self.store.write().await?;
        let mut tx = TenantTx::new(permit.context().organization(), &mut transaction);
        let author = Author::of(permit.context(), Ruling::allowed(permit.because()));
        audit::record(&mut tx, self.store.now(), &author, &AuditEvent::OrganizationExported {}).await?;
        transaction.commit().await?;
        let mut tables = EXPORTED.iter();
        let now = tables.next().map(|table| (table, 0));
        Ok(OrganizationExport { transaction: self.store.read().await?, permit, tables, now })
    }
}

impl OrganizationExport {
    pub fn context(&self) -> &Arc<AccessContext> {
        self.permit.context()
    }

    /// The next rows, each as `{"table": …, "row": {…}}`; none after the last.
    pub async fn next(&mut self) -> Result<Vec<Value>, StoreError> {
        let organization = self.permit.context().organization();
        while let Some((table, offset)) = self.now {
            let mut tx = TenantTx::new(organization, &mut self.transaction);
            let rows: Vec<TextRow> =
                tx.query_as(table.page).bind(BATCH).bind(offset).fetch_all(tx.connection()).await?;
            let read = i64::try_from(rows.len()).unwrap_or(BATCH);
            self.now = match read < BATCH {
                true => self.tables.next().map(|table| (table, 0)),
                false => Some((table, offset + read)),
            };
            if !rows.is_empty() {
                return rows.into_iter().map(|row| written(table, row)).collect();
            }
        }
        Ok(Vec::new())
    }
}

fn written(table: &Exported, row: TextRow) -> Result<Value, StoreError> {
    let unreadable = || StoreError::Unreadable { what: table.name };
    let mut written = Map::new();
    for (column, text) in table.columns.iter().zip(row.0) {
        let value = match (text, tables::kind(column)) {
            (None, _) => Value::Null,
            (Some(text), tables::Kind::Text) => Value::String(text),
            (Some(text), tables::Kind::Boolean) => Value::Bool(text == "1" || text == "true"),
            (Some(text), tables::Kind::Integer) => text.parse::<i64>().map_err(|_| unreadable())?.into(),
            (Some(text), tables::Kind::Json) => serde_json::from_str(&text).map_err(|_| unreadable())?,
        };
        written.insert((*column).to_owned(), value);
    }
    Ok(json!({"table": table.name, "row": written}))
}

impl Act<Arc<Profile>, Leave> {
    /// Removes the organization with all that is in it, its keys and its trail among them. Answers the last event of the
    /// trail, which is that of the removal: whoever exported it before keeps a trail that is complete.
    pub async fn delete_organization(mut self, key: &str) -> Result<AuditHead, StoreError> {
        if *self.snapshot().profile().key != *key {
            return Err(StoreError::OtherKey { given: key.to_owned() });
        }
        let organization = self.permit().context().organization();
        let mut administration = self.administration();
        administration.done(AuditEvent::OrganizationDeleted { key: key.to_owned() }).await?;
        let (sequence, hash, kept_from): (i64, Vec<u8>, i64) = administration
            .tx
            .query_as(tenant_sql!(
                "SELECT audit_sequence, audit_hash, audit_kept_from FROM organizations WHERE org_id = $1"
            ))
            .fetch_one(administration.tx.connection())
            .await?;
        // Nothing of the trail is kept any longer, so that it may be removed.
        administration
            .tx
            .query(tenant_sql!(
                "UPDATE organizations SET audit_retention_days = coalesce(audit_retention_days, 30),
                        audit_kept_from = audit_sequence + 1, audit_kept_hash = audit_hash WHERE org_id = $1"
            ))
            .execute(administration.tx.connection())
            .await?;
        for statement in REMOVED {
            administration.tx.query(*statement).execute(administration.tx.connection()).await?;
        }
        let store = self.store();
        self.commit().await?;
        store.forget_organization(organization);
        Ok(AuditHead {
            sequence: sequence.unsigned_abs(),
            hash: hexadecimal(&hash),
            kept_from: kept_from.unsigned_abs(),
        })
    }
}
