use crate::{AbilitySet, DocumentAbility};
use std::{fmt, sync::Arc};
use tessera_base::{ConnectionId, GroupId, NodeId, UserId};

/// What one may do with a folder or a document; each includes the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ContentRole {
    Viewer,
    /// May change a query, and not save it.
    Explorer,
    Editor,
    Manager,
}

impl ContentRole {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Explorer, Self::Editor, Self::Manager];

    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Explorer => "explorer",
            Self::Editor => "editor",
            Self::Manager => "manager",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// As a person reads it: `Editor`.
impl fmt::Display for ContentRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "Viewer",
            Self::Explorer => "Explorer",
            Self::Editor => "Editor",
            Self::Manager => "Manager",
        })
    }
}

/// To whom a content role is granted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grantee {
    User(UserId),
    Group(GroupId),
    /// In the organization.
    Everyone,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grant {
    pub to: Grantee,
    pub role: ContentRole,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NodeKind {
    Folder,
    Document,
}

/// A document's own switches, before the organization's; an ability in neither is as the organization says.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Switches {
    pub on: AbilitySet<DocumentAbility>,
    pub off: AbilitySet<DocumentAbility>,
}

/// What decides about a folder or a document. A folder without a parent is a root: a person's *My documents* when it has
/// an owner, else the organization's *Shared*.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    pub id: NodeId,
    pub kind: NodeKind,
    pub name: Arc<str>,
    pub parent: Option<NodeId>,
    pub owner: Option<UserId>,
    /// Of a document: what its queries ask.
    pub connection: Option<ConnectionId>,
    /// It inherits no grants.
    pub restricted: bool,
    /// Of a folder: what is below it is shared by its managers alone.
    pub locked: bool,
    /// And with it all that is below.
    pub trashed: bool,
    pub switches: Switches,
    /// At most one to each grantee.
    pub grants: Arc<[Grant]>,
}

/// How deep folders nest below a root, the root not counted.
pub const DEEPEST: usize = 7;
