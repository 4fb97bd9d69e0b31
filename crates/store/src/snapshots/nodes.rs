//! Folders and documents, with what is granted on them: most of what a snapshot is made of.
use super::page::Page;
use crate::{
    StoreError,
    abilities::listed_abilities,
    tenant::{TenantTx, stored_id, tenant_sql},
};
use std::{collections::HashMap, sync::Arc};
use tessera_access::{ContentRole, Grant, Grantee, Node, NodeKind, Switches};
use tessera_base::NodeId;

/// In the order of their ids, which is about the order in which they lie in the file.
macro_rules! nodes {
    ($which:literal) => {
        tenant_sql!(
            "SELECT max(id), string_agg(node, ' ') FROM (
                 SELECT id, concat_ws(' ', id, kind, coalesce(parent_id, ''), coalesce(owner_id, ''),
                        coalesce(connection_id, ''), coalesce(everyone_role, ''), switched_on, switched_off,
                        CASE WHEN restricted THEN 'restricted' ELSE '' END, CASE WHEN locked THEN 'locked' ELSE '' END,
                        CASE WHEN trashed_at_ms IS NULL THEN '' ELSE 'trashed' END, octet_length(name), name) AS node
                 FROM nodes WHERE org_id = $1 ",
            $which,
            ") AS page"
        )
    };
}

macro_rules! grants {
    ($which:literal) => {
        tenant_sql!(
            "SELECT string_agg(granted, ' ') FROM (
                 SELECT concat_ws(' ', node_id, role, 'user', user_id) AS granted
                 FROM node_user_grants WHERE org_id = $1 ",
            $which,
            " UNION ALL SELECT concat_ws(' ', node_id, role, 'group', group_id)
                 FROM node_group_grants WHERE org_id = $1 ",
            $which,
            ") AS page"
        )
    };
}

pub(super) async fn all(tx: &mut TenantTx<'_>) -> Result<Vec<Node>, StoreError> {
    let mut nodes = Vec::new();
    let mut next = page_after(tx, "").await?;
    while let Some(page) = next {
        // The database writes the next page while this one is read.
        let (following, read) = futures::join!(page_after(tx, &page.last), async { page.read(&mut nodes) });
        read?;
        next = following?;
    }
    Ok(nodes)
}

pub(super) async fn one(tx: &mut TenantTx<'_>, id: NodeId) -> Result<Option<Node>, StoreError> {
    let last = id.to_string();
    let (_, node): (Option<String>, Option<String>) =
        tx.query_as(nodes!("AND id = $2")).bind(last.clone()).fetch_one(tx.connection()).await?;
    let grants = tx.query_scalar(grants!("AND node_id = $2")).bind(last.clone()).fetch_one(tx.connection()).await?;
    let mut nodes = Vec::new();
    if let Some(rows) = node {
        NodePage { last, rows, grants }.read(&mut nodes)?;
    }
    Ok(nodes.pop())
}

/// Some nodes that follow each other, with what is granted on them.
struct NodePage {
    last: String,
    rows: String,
    grants: Option<String>,
}

async fn page_after(tx: &mut TenantTx<'_>, after: &str) -> Result<Option<NodePage>, StoreError> {
    let (last, rows): (Option<String>, Option<String>) =
        tx.query_as(nodes!("AND id > $2 ORDER BY id LIMIT 2000")).bind(after).fetch_one(tx.connection()).await?;
    let (Some(last), Some(rows)) = (last, rows) else { return Ok(None) };
    let grants = tx
        .query_scalar(grants!("AND node_id > $2 AND node_id <= $3"))
        .bind(after)
        .bind(last.as_str())
        .fetch_one(tx.connection())
        .await?;
    Ok(Some(NodePage { last, rows, grants }))
}

impl NodePage {
    fn read(&self, nodes: &mut Vec<Node>) -> Result<(), StoreError> {
        let mut grants = read_grants(self.grants.as_deref().unwrap_or_default())?;
        let none: Arc<[Grant]> = Arc::new([]);
        let mut rows = Page::new(&self.rows);
        while let Some(id) = rows.row() {
            let id = stored_id(id, "node id")?;
            let kind = match rows.word() {
                "folder" => NodeKind::Folder,
                "document" => NodeKind::Document,
                _ => return Err(StoreError::Unreadable { what: "kind of content" }),
            };
            let (parent, owner) = (optional_id(rows.word(), "node id")?, optional_id(rows.word(), "user id")?);
            let connection = optional_id(rows.word(), "connection id")?;
            let mut granted = grants.remove(&id).unwrap_or_default();
            match rows.word() {
                "" => {}
                role => granted.push(Grant { to: Grantee::Everyone, role: content_role(role)? }),
            }
            // In the order of the columns.
            nodes.push(Node {
                id,
                kind,
                parent,
                owner,
                connection,
                switches: Switches { on: listed_abilities(rows.word())?, off: listed_abilities(rows.word())? },
                restricted: !rows.word().is_empty(),
                locked: !rows.word().is_empty(),
                trashed: !rows.word().is_empty(),
                name: rows.text()?.into(),
                grants: if granted.is_empty() { none.clone() } else { granted.into() },
            });
        }
        Ok(())
    }
}

fn read_grants(rows: &str) -> Result<HashMap<NodeId, Vec<Grant>>, StoreError> {
    let mut grants: HashMap<NodeId, Vec<Grant>> = HashMap::new();
    let mut rows = Page::new(rows);
    while let Some(node) = rows.row() {
        let role = content_role(rows.word())?;
        let to = match rows.word() {
            "user" => Grantee::User(stored_id(rows.word(), "user id")?),
            "group" => Grantee::Group(stored_id(rows.word(), "group id")?),
            _ => return Err(StoreError::Unreadable { what: "grantee" }),
        };
        grants.entry(stored_id(node, "node id")?).or_default().push(Grant { to, role });
    }
    Ok(grants)
}

fn optional_id<T: std::str::FromStr>(word: &str, what: &'static str) -> Result<Option<T>, StoreError> {
    if word.is_empty() { Ok(None) } else { stored_id(word, what).map(Some) }
}

fn content_role(name: &str) -> Result<ContentRole, StoreError> {
    ContentRole::from_name(name).ok_or(StoreError::Unreadable { what: "content role" })
}
