use crate::Address;
use std::{fmt, marker::PhantomData, sync::Arc};

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

abilities! {
    /// What a document lets its readers do, beside reading: switches of the organization, and of each document.
    DocumentAbility {
        Download = "download",
        Schedule = "schedule",
        Drill = "drill",
        Duplicate = "duplicate",
        ViewWorkbook = "view_workbook",
        AskAi = "ask_ai",
    }
}

/// Abilities of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AbilitySet<A> {
    bits: u32,
    kind: PhantomData<A>,
}

impl<A: Ability> AbilitySet<A> {
    pub const NONE: Self = Self { bits: 0, kind: PhantomData };

    pub fn all() -> Self {
        A::ALL.iter().copied().collect()
    }

    pub fn has(self, ability: A) -> bool {
        self.bits & ability.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self.bits == 0
    }

    pub fn with(self, other: Self) -> Self {
        Self { bits: self.bits | other.bits, ..self }
    }

    pub fn without(self, other: Self) -> Self {
        Self { bits: self.bits & !other.bits, ..self }
    }

    pub fn common(self, other: Self) -> Self {
        Self { bits: self.bits & other.bits, ..self }
    }

    pub fn holds(self, other: Self) -> bool {
        other.bits & !self.bits == 0
    }

    pub fn iter(self) -> impl Iterator<Item = A> {
        A::ALL.iter().copied().filter(move |ability| self.has(*ability))
    }
}

impl<A: Ability> Default for AbilitySet<A> {
    fn default() -> Self {
        Self::NONE
    }
}

impl<A: Ability> FromIterator<A> for AbilitySet<A> {
    fn from_iter<I: IntoIterator<Item = A>>(abilities: I) -> Self {
        Self { bits: abilities.into_iter().fold(0, |bits, ability| bits | ability.bit()), kind: PhantomData }
    }
}

impl<A: Ability> fmt::Debug for AbilitySet<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// How somebody came to a role.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Origin {
    Direct,
    Group(Arc<str>),
    /// The connection's base access.
    Everyone,
    OrganizationAdmin,
    /// A support grant of the organization.
    Support,
    /// The signed session of an embedding application.
    Embed,
}

impl Origin {
    pub fn told(&self, to: Address) -> String {
        match self {
            Self::Direct => format!("assigned to {}", to.object()),
            Self::Group(name) => format!("through group {name}"),
            Self::Everyone => "given to everyone".to_owned(),
            Self::OrganizationAdmin => "as organization admin".to_owned(),
            Self::Support => "granted for support".to_owned(),
            Self::Embed => "given to the embedding application".to_owned(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(Address::You))
    }
}

/// One role that one holds, and how one came to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment<A: Ability> {
    pub role: Arc<str>,
    pub origin: Origin,
    granted: AbilitySet<A>,
}

impl<A: Ability> Assignment<A> {
    pub fn new(role: impl Into<Arc<str>>, origin: Origin, granted: AbilitySet<A>) -> Self {
        Self { role: role.into(), origin, granted }
    }
}

/// The union of what several assignments give; each ability remembers which of them gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abilities<A: Ability> {
    assignments: Vec<Assignment<A>>,
    union: AbilitySet<A>,
}

impl<A: Ability> Default for Abilities<A> {
    fn default() -> Self {
        Self { assignments: Vec::new(), union: AbilitySet::NONE }
    }
}

impl<A: Ability> Abilities<A> {
    pub fn new(assignments: Vec<Assignment<A>>) -> Self {
        let union = assignments.iter().fold(AbilitySet::NONE, |union, assignment| union.with(assignment.granted));
        Self { assignments, union }
    }

    pub fn set(&self) -> AbilitySet<A> {
        self.union
    }

    pub fn has(&self, ability: A) -> bool {
        self.union.has(ability)
    }

    pub fn is_empty(&self) -> bool {
        self.union.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = A> + '_ {
        self.union.iter()
    }

    pub fn assignments(&self) -> &[Assignment<A>] {
        &self.assignments
    }

    /// The first assignment that gives `ability`.
    pub fn because(&self, ability: A) -> Option<&Assignment<A>> {
        self.assignments.iter().find(|assignment| assignment.granted.has(ability))
    }

    /// What of it is in `most`.
    pub fn limited_to(mut self, most: AbilitySet<A>) -> Self {
        for assignment in &mut self.assignments {
            assignment.granted = assignment.granted.common(most);
        }
        Self::new(self.assignments)
    }
}
