//! Folders and documents by the names that requests give them.
use crate::{App, Error};
use tessera_access::{AccessContext, Connection, Permit, Resource, Sealed, action::Action};
use tessera_base::{ConnectionId, NodeId};
use tessera_store::{Act, Document, Folder, StoreError, Tenant, Trashed};

/// What everybody calls the two folders that are always there.
const SHARED: &str = "shared";
const MINE: &str = "mine";

impl App {
    /// By its id, or as `shared` or `mine`.
    pub async fn find_folder(&self, context: &AccessContext, asked_as: &str) -> Result<Option<Sealed<Folder>>, Error> {
        let nodes = context.snapshot().nodes();
        let id = match asked_as {
            SHARED => nodes.root(None).map(|node| node.id),
            MINE => nodes.root(Some(context.user().id)).map(|node| node.id),
            id => id.parse().ok(),
        };
        match id {
            Some(id) => Ok(self.store.tenant(context).folder(id).await?),
            None => Ok(None),
        }
    }

    /// By its id, or its slug.
    pub async fn find_document(
        &self,
        context: &AccessContext,
        asked_as: &str,
    ) -> Result<Option<Sealed<Document>>, Error> {
        Ok(self.store.tenant(context).document(asked_as).await?)
    }

    pub async fn find_trashed(
        &self,
        context: &AccessContext,
        asked_as: &str,
    ) -> Result<Option<Sealed<Trashed>>, Error> {
        match asked_as.parse::<NodeId>() {
            Ok(id) => Ok(self.store.tenant(context).trashed(id).await?),
            Err(_) => Ok(None),
        }
    }

    /// By its id, or its name.
    pub async fn find_connection(
        &self,
        context: &AccessContext,
        asked_as: &str,
    ) -> Result<Option<Sealed<Connection>>, Error> {
        let tenant = self.store.tenant(context);
        Ok(match asked_as.parse::<ConnectionId>() {
            Ok(id) => tenant.connection_by_id(id).await?,
            Err(_) => tenant.connection(asked_as).await?,
        })
    }

    /// What may be read of the person's organization.
    pub fn tenant<'s>(&'s self, context: &'s AccessContext) -> Tenant<'s> {
        self.store.tenant(context)
    }

    /// Begins the write that `permit` allows.
    pub async fn act<R: Resource, A: Action>(&self, permit: Permit<R, A>) -> Result<Act<R, A>, Error> {
        let context = permit.context().clone();
        match self.store.act(permit).await {
            Err(StoreError::Denied(denied)) => Err(self.deny(&context, denied).await),
            begun => Ok(begun?),
        }
    }
}
