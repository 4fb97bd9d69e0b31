use std::{fmt, marker::PhantomData};

/// A closed set of things one may do. At most 32 of a kind, so that a set of them is one word.
pub trait Ability: Copy + Eq + fmt::Debug + 'static {
    const ALL: &'static [Self];
    fn name(self) -> &'static str;
    fn bit(self) -> u32;
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|ability| ability.name() == name)
    }
}

macro_rules! abilities {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($variant),* }

        impl Ability for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            fn bit(self) -> u32 {
                1 << (self as u32)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

abilities! {
    /// What one may do in the whole organization.
    OrganizationAbility {
        ManageMembers = "manage_members",
        ManageGroups = "manage_groups",
        ManageAttributes = "manage_attributes",
        ManageRoles = "manage_roles",
        ManageConnections = "manage_connections",
        ManageSignIn = "manage_sign_in",
        ManageApiKeys = "manage_api_keys",
        ManageEmbedding = "manage_embedding",
        ManageSupportAccess = "manage_support_access",
        ManageContentAccess = "manage_content_access",
        ManageSettings = "manage_settings",
        ReadAudit = "read_audit",
        Impersonate = "impersonate",
    }
}

abilities! {
    /// What one may do on one connection.
    ConnectionAbility {
        ViewResults = "view_results",
        FilterAndDrill = "filter_and_drill",
        Download = "download",
        Schedule = "schedule",
        QueryTopics = "query_topics",
        CreateDocuments = "create_documents",
        UploadData = "upload_data",
        AskAi = "ask_ai",
        QueryAllViews = "query_all_views",
        WriteSql = "write_sql",
        ViewSql = "view_sql",
        EditWorkbookModel = "edit_workbook_model",
        CreateBranch = "create_branch",
        EditSharedModel = "edit_shared_model",
        Promote = "promote",
        MergeBranch = "merge_branch",
        DevelopPolicies = "develop_policies",
        ManageConnection = "manage_connection",
        RefreshSchema = "refresh_schema",
        ManageConnectionRoles = "manage_connection_roles",
    }
}

/// How somebody came to a role.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Origin {
    Direct,
    Group(String),
    /// The connection's base access.
    Everyone,
    OrganizationAdmin,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("assigned to you"),
            Self::Group(name) => write!(f, "through group {name}"),
            Self::Everyone => f.write_str("given to everyone"),
            Self::OrganizationAdmin => f.write_str("as organization admin"),
        }
    }
}

/// One role that one holds, and how one came to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment<A> {
    pub role: String,
    pub origin: Origin,
    granted: u32,
    kind: PhantomData<A>,
}

impl<A: Ability> Assignment<A> {
    pub fn new(role: impl Into<String>, origin: Origin, granted: &[A]) -> Self {
        let granted = granted.iter().fold(0, |bits, ability| bits | ability.bit());
        Self { role: role.into(), origin, granted, kind: PhantomData }
    }
}

/// The union of what several assignments give; each ability remembers which of them gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abilities<A> {
    assignments: Vec<Assignment<A>>,
    union: u32,
}

impl<A> Default for Abilities<A> {
    fn default() -> Self {
        Self { assignments: Vec::new(), union: 0 }
    }
}

impl<A: Ability> Abilities<A> {
    pub fn new(assignments: Vec<Assignment<A>>) -> Self {
        let union = assignments.iter().fold(0, |bits, assignment| bits | assignment.granted);
        Self { assignments, union }
    }

    pub fn has(&self, ability: A) -> bool {
        self.union & ability.bit() != 0
    }

    pub fn is_empty(&self) -> bool {
        self.union == 0
    }

    pub fn iter(&self) -> impl Iterator<Item = A> + '_ {
        A::ALL.iter().copied().filter(|ability| self.has(*ability))
    }

    /// The first assignment that gives `ability`.
    pub fn because(&self, ability: A) -> Option<&Assignment<A>> {
        self.assignments.iter().find(|assignment| assignment.granted & ability.bit() != 0)
    }
}
