//! People and groups by the names that requests give them.
use crate::{App, Error};
use std::sync::Arc;
use tessera_access::{AccessContext, Group, Person, Sealed};
use tessera_base::{AccessRequestId, ApiKeyId};
use tessera_store::{AccessRequest, ApiKey};

/// What everybody calls themselves.
const ME: &str = "me";

impl App {
    /// By their id, or as `me`.
    pub fn find_person(&self, context: &AccessContext, asked_as: &str) -> Option<Sealed<Arc<Person>>> {
        let id = match asked_as {
            ME => Some(context.user().id),
            id => id.parse().ok(),
        };
        self.tenant(context).person(id?)
    }

    pub async fn find_api_key(&self, context: &AccessContext, asked_as: &str) -> Result<Option<Sealed<ApiKey>>, Error> {
        match asked_as.parse::<ApiKeyId>() {
            Ok(id) => Ok(self.tenant(context).api_key(id).await?),
            Err(_) => Ok(None),
        }
    }

    pub async fn find_access_request(
        &self,
        context: &AccessContext,
        asked_as: &str,
    ) -> Result<Option<Sealed<AccessRequest>>, Error> {
        match asked_as.parse::<AccessRequestId>() {
            Ok(id) => Ok(self.tenant(context).access_request(id).await?),
            Err(_) => Ok(None),
        }
    }

    /// By its id, or its key.
    pub fn find_group(&self, context: &AccessContext, asked_as: &str) -> Option<Sealed<Arc<Group>>> {
        let by_key = || context.snapshot().groups().iter().find(|group| *group.key == *asked_as).map(|group| group.id);
        let id = asked_as.parse().ok().or_else(by_key);
        self.tenant(context).group(id?)
    }
}
