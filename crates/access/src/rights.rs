//! The one table of rights. Decisions, lists, screens, documentation and the printed matrix are all derived from it.
use crate::{ConnectionAbility as C, ContentRole as R, DocumentAbility as D, OrganizationAbility as O};

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$note])* $variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    ResourceKind {
        Organization = "organization",
        Person = "person",
        Group = "group",
        Attribute = "attribute",
        Role = "role",
        /// What lets a person or a program in without a browser.
        ApiKey = "api_key",
        SupportGrant = "support_grant",
        Connection = "connection",
        Model = "model",
        /// A running or finished query, known by its id.
        QueryRun = "query",
        Folder = "folder",
        Document = "document",
        /// A folder or document in the trash.
        Trashed = "trashed",
        AccessRequest = "access_request",
    }
}

kinds! {
    ActionKind {
        View = "view",
        // The organization.
        ChangeSettings = "change_settings",
        ReadAudit = "read_audit",
        AddPerson = "add_person",
        AddServiceAccount = "add_service_account",
        AddGroup = "add_group",
        AddAttribute = "add_attribute",
        AddRole = "add_role",
        AddConnection = "add_connection",
        AllowSupport = "allow_support",
        /// Asking for what one may not do yet.
        RequestAccess = "request_access",
        /// Taking everything along, and removing everything.
        Leave = "leave",
        // People, groups, attributes, roles.
        Edit = "edit",
        Remove = "remove",
        SetRole = "set_role",
        SetStatus = "set_status",
        /// Ending the sessions of this person.
        SignOut = "sign_out",
        SetAttributes = "set_attributes",
        SetMembers = "set_members",
        /// Making an API key that acts as this person or program.
        CreateKey = "create_key",
        /// Seeing the product as this person does.
        ViewAs = "view_as",
        /// Making somebody else the owner of what a person left behind.
        TakeOver = "take_over",
        /// Asking what this person may do, and why.
        Explain = "explain",
        // Connections and models.
        UseEngine = "use_engine",
        AssignRoles = "assign_roles",
        /// Making documents that ask this connection.
        CreateDocuments = "create_documents",
        Query = "query",
        QueryViews = "query_views",
        WriteSql = "write_sql",
        ViewSql = "view_sql",
        /// Asking what others may ask, or what one might with other attributes.
        ExplainOthers = "explain_others",
        Cancel = "cancel",
        // Content.
        Open = "open",
        Explore = "explore",
        Publish = "publish",
        CreateIn = "create_in",
        /// Knowing who has access, and why.
        ReadAccess = "read_access",
        Share = "share",
        Unshare = "unshare",
        Move = "move",
        /// Naming another owner.
        Transfer = "transfer",
        Lock = "lock",
        Trash = "trash",
        SetSwitches = "set_switches",
        Download = "download",
        Schedule = "schedule",
        Drill = "drill",
        Duplicate = "duplicate",
        ViewWorkbook = "view_workbook",
        AskAi = "ask_ai",
        Restore = "restore",
        Purge = "purge",
        // Access requests.
        Approve = "approve",
        Decline = "decline",
        Withdraw = "withdraw",
    }
}

/// What an actor must hold for an action.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Requirement {
    /// To be in the organization, as anybody.
    Member,
    /// To hold anything at all, in the organization or on a connection: to be one of those who work together.
    Colleague,
    /// On the resource's connection.
    Connection(C),
    Organization(O),
    OrganizationAdmin,
    /// The resource is the actor's own, or the actor themselves.
    Owner,
    /// The person that the resource is holds no ability that the actor lacks.
    NotAbove,
    /// The resource is a service account.
    Program,
    /// The person that the resource is has been suspended or removed.
    Gone,
    /// The person that the resource is, or who asks for access, has not been removed.
    NotRemoved,
    /// The person that the resource is, or who asks for access, has not been suspended.
    NotSuspended,
    /// The person that the resource is is no program.
    NotProgram,
    /// Somebody else is an active admin, or the person that the resource is is none.
    AnotherAdmin,
    /// At least this role on the folder or document.
    Content(R),
    /// Something below the folder may be known to be there.
    SeesBelow,
    /// Manager of every locked folder above.
    Unlocked,
    /// Not one of the two folders that are always there.
    NotRoot,
    /// The document's switch.
    Switch(D),
    /// The access request waits for a decision.
    Undecided,
    /// Some grant would give what the access request asks for.
    Grantable,
    /// Every ability of the role on the connection that the access request takes.
    GivenRole,
    /// To act in one's own name. Of every action that changes something.
    OwnName,
    /// To have the attributes that decide. Of every action that shows rows.
    OwnAttributes,
    /// To come by a session, and not by a key. Of what would outlast the key.
    OwnSession,
}

impl ResourceKind {
    pub fn noun(self) -> &'static str {
        match self {
            Self::ApiKey => "API key",
            Self::SupportGrant => "support grant",
            Self::Trashed => "item in the trash",
            Self::AccessRequest => "access request",
            other => other.name(),
        }
    }
}

impl ActionKind {
    /// What one does to something, before its noun: `read the data of` a connection.
    pub fn phrase(self) -> &'static str {
        use ActionKind as A;
        match self {
            A::View => "see",
            A::ChangeSettings => "change the settings of",
            A::ReadAudit => "read the audit trail of",
            A::AddPerson => "add people to",
            A::AddServiceAccount => "add service accounts to",
            A::AddGroup => "add groups to",
            A::AddAttribute => "add attributes to",
            A::AddRole => "add roles to",
            A::AddConnection => "add connections to",
            A::AllowSupport => "allow support access to",
            A::RequestAccess => "ask for access as",
            A::Leave => "export or delete",
            A::Edit => "edit",
            A::Remove => "remove",
            A::SetRole => "change the organization role of",
            A::SetStatus => "suspend or bring back",
            A::SignOut => "sign out",
            A::SetAttributes => "set attributes of",
            A::SetMembers => "change the members of",
            A::CreateKey => "make API keys of",
            A::ViewAs => "see the product as",
            A::TakeOver => "take over the content of",
            A::Explain => "ask about the access of",
            A::UseEngine => "read the data of",
            A::AssignRoles => "assign roles on",
            A::CreateDocuments => "create documents on",
            A::Query => "query the topics of",
            A::QueryViews => "query single views of",
            A::WriteSql => "write SQL on",
            A::ViewSql => "read the SQL of",
            A::ExplainOthers => "explain what others may ask of",
            A::Cancel => "cancel",
            A::Open => "open",
            A::Explore => "explore",
            A::Publish => "publish",
            A::CreateIn => "create anything in",
            A::ReadAccess => "see who has access to",
            A::Share => "share",
            A::Unshare => "take access to",
            A::Move => "move",
            A::Transfer => "name another owner of",
            A::Lock => "lock",
            A::Trash => "throw away",
            A::SetSwitches => "change what readers may do with",
            A::Download => "download from",
            A::Schedule => "schedule",
            A::Drill => "drill into",
            A::Duplicate => "duplicate",
            A::ViewWorkbook => "see the workbook of",
            A::AskAi => "ask the assistant about",
            A::Restore => "restore",
            A::Purge => "delete for ever",
            A::Approve => "approve",
            A::Decline => "decline",
            A::Withdraw => "withdraw",
        }
    }

    /// Whether it leaves everything as it was.
    pub fn only_reads(self) -> bool {
        use ActionKind as A;
        match self {
            A::View
            | A::ReadAudit
            | A::Explain
            | A::UseEngine
            | A::Query
            | A::QueryViews
            | A::WriteSql
            | A::ViewSql
            | A::ExplainOthers => true,
            A::Open | A::Explore | A::ReadAccess | A::Download | A::Drill | A::ViewWorkbook | A::AskAi => true,
            A::ChangeSettings
            | A::AddPerson
            | A::AddServiceAccount
            | A::AddGroup
            | A::AddAttribute
            | A::AddRole
            | A::AddConnection => false,
            A::RequestAccess
            | A::AllowSupport
            | A::Leave
            | A::Edit
            | A::Remove
            | A::SetRole
            | A::SetStatus
            | A::SignOut
            | A::SetAttributes => false,
            A::SetMembers
            | A::CreateKey
            | A::ViewAs
            | A::TakeOver
            | A::AssignRoles
            | A::CreateDocuments
            | A::Cancel
            | A::Publish
            | A::CreateIn => false,
            A::Share | A::Unshare | A::Move | A::Transfer | A::Lock | A::Trash | A::SetSwitches | A::Schedule => false,
            A::Duplicate | A::Restore | A::Purge | A::Approve | A::Decline | A::Withdraw => false,
        }
    }

    /// Whether it takes somebody who belongs to the organization: whoever is let in for a while changes nothing, and so
    /// leaves nothing behind. What they ask themselves they may stop.
    pub fn takes_a_member(self) -> bool {
        !self.only_reads() && self != Self::Cancel
    }

    /// Whether a key, which may be scoped to next to nothing, is not enough: of keys themselves, of what is asked or seen in
    /// the person's name, and of the organization as a whole.
    pub fn takes_a_session(self, resource: ResourceKind) -> bool {
        resource == ResourceKind::ApiKey
            || matches!(self, Self::CreateKey | Self::ViewAs | Self::RequestAccess | Self::Leave)
    }

    /// Whether it brings rows of a connection.
    pub fn shows_rows(self) -> bool {
        matches!(self, Self::UseEngine)
    }
}

/// The alternatives of one right, and what each of them takes together. A pair that is not here does not exist, and
/// nobody has it.
pub fn alternatives(resource: ResourceKind, action: ActionKind) -> &'static [&'static [Requirement]] {
    use {ActionKind as A, Requirement::*, ResourceKind as K};
    match (resource, action) {
        (K::Organization, A::View) => &[&[Member]],
        (K::Organization, A::ChangeSettings) => &[&[Organization(O::ManageSettings)]],
        (K::Organization, A::ReadAudit) => &[&[Organization(O::ReadAudit)]],
        (K::Organization, A::AddPerson) => &[&[Organization(O::ManageMembers)]],
        (K::Organization, A::AddServiceAccount) => &[&[Organization(O::ManageApiKeys)]],
        (K::Organization, A::AddGroup) => &[&[Organization(O::ManageGroups)]],
        (K::Organization, A::AddAttribute) => &[&[Organization(O::ManageAttributes)]],
        (K::Organization, A::AddRole) => &[&[Organization(O::ManageRoles)]],
        (K::Organization, A::AddConnection) => &[&[Organization(O::ManageConnections)]],
        (K::Organization, A::AllowSupport) => &[&[Organization(O::ManageSupportAccess)]],
        (K::Organization, A::Leave) => &[&[OrganizationAdmin]],

        (K::Person, A::View) => &[&[Owner], &[Colleague]],
        (K::Person, A::RequestAccess) => &[&[Owner]],
        (K::Person, A::Edit) => &[
            &[Organization(O::ManageMembers), NotAbove, NotRemoved],
            &[Organization(O::ManageApiKeys), Program, NotAbove, NotRemoved],
        ],
        (K::Person, A::SignOut) => &[&[Organization(O::ManageMembers), NotAbove, NotRemoved]],
        (K::Person, A::SetRole) => &[&[Organization(O::ManageMembers), NotAbove, NotRemoved, AnotherAdmin]],
        (K::Person, A::SetStatus | A::Remove) => &[
            &[Organization(O::ManageMembers), NotAbove, NotRemoved, AnotherAdmin],
            &[Organization(O::ManageApiKeys), Program, NotAbove, NotRemoved],
        ],
        (K::Person, A::CreateKey) => {
            &[&[Owner], &[Organization(O::ManageApiKeys), Program, NotAbove, NotRemoved, NotSuspended]]
        }
        (K::Person, A::SetAttributes) => &[&[Organization(O::ManageAttributes), NotRemoved]],
        (K::Person, A::ViewAs) => &[&[Organization(O::Impersonate), NotAbove, NotRemoved, NotSuspended, NotProgram]],
        (K::Person, A::TakeOver) => &[&[Organization(O::ManageContentAccess), Gone]],
        (K::Person, A::Explain) => &[&[Owner], &[Organization(O::ManageMembers)], &[Organization(O::ReadAudit)]],

        (K::Group, A::View) => &[&[Colleague]],
        (K::Group, A::Edit | A::Remove | A::SetMembers) => &[&[Organization(O::ManageGroups)]],
        (K::Group, A::SetAttributes) => &[&[Organization(O::ManageAttributes)]],

        (K::Attribute, A::View) => &[&[Member]],
        (K::Attribute, A::Edit | A::Remove) => &[&[Organization(O::ManageAttributes)]],

        (K::Role, A::View) => &[&[Colleague]],
        (K::Role, A::Edit | A::Remove) => &[&[Organization(O::ManageRoles)]],

        (K::ApiKey, A::View | A::Remove) => &[&[Owner], &[Organization(O::ManageApiKeys)]],

        (K::SupportGrant, A::View | A::Remove) => &[&[Organization(O::ManageSupportAccess)]],

        (K::Connection, A::View) => &[&[Connection(C::ViewResults)], &[Organization(O::ManageConnections)]],
        (K::Connection, A::UseEngine) => &[&[Connection(C::ViewResults)]],
        (K::Connection, A::Edit) => &[&[Connection(C::ManageConnection)], &[Organization(O::ManageConnections)]],
        (K::Connection, A::Remove) => &[&[Organization(O::ManageConnections)]],
        (K::Connection, A::CreateDocuments) => &[&[Connection(C::CreateDocuments)]],
        (K::Connection, A::AssignRoles) => &[&[Connection(C::ManageConnectionRoles)]],

        (K::Model, A::View) => &[&[Connection(C::ViewResults)]],
        (K::Model, A::Query) => &[&[Connection(C::QueryTopics)]],
        (K::Model, A::QueryViews) => &[&[Connection(C::QueryAllViews)]],
        (K::Model, A::WriteSql) => &[&[Connection(C::WriteSql)]],
        (K::Model, A::ViewSql) => &[&[Connection(C::ViewSql)]],
        (K::Model, A::ExplainOthers) => &[&[Connection(C::DevelopPolicies)]],
        (K::Model, A::Download) => &[&[Connection(C::Download)]],

        (K::QueryRun, A::View | A::Cancel) => &[&[Owner], &[Organization(O::ManageConnections)]],

        (K::Folder, A::View) => &[&[Content(R::Viewer)], &[SeesBelow]],
        (K::Folder, A::CreateIn) => &[&[Content(R::Editor)]],
        (K::Folder, A::Edit) => &[&[Content(R::Editor), NotRoot]],
        (K::Folder, A::ReadAccess) => &[&[Content(R::Viewer)]],
        (K::Folder, A::Share) => &[&[Content(R::Manager), Unlocked]],
        (K::Folder, A::Unshare | A::Lock) => &[&[Content(R::Manager)]],
        (K::Folder, A::Trash) => &[&[Content(R::Manager), NotRoot]],
        (K::Folder, A::Move | A::Transfer) => &[&[Content(R::Manager), NotRoot, Unlocked]],

        (K::Document, A::View) => &[&[Content(R::Viewer)]],
        (K::Document, A::Open) => &[&[Content(R::Viewer), Connection(C::ViewResults)]],
        (K::Document, A::Explore) => &[&[Content(R::Explorer), Connection(C::QueryTopics)]],
        (K::Document, A::Edit | A::Publish) => &[&[Content(R::Editor), Connection(C::CreateDocuments)]],
        (K::Document, A::ReadAccess) => &[&[Content(R::Viewer)]],
        (K::Document, A::Share) => &[&[Content(R::Manager), Unlocked]],
        (K::Document, A::Unshare | A::Trash | A::SetSwitches) => &[&[Content(R::Manager)]],
        (K::Document, A::Move | A::Transfer) => &[&[Content(R::Manager), Unlocked]],
        (K::Document, A::Download) => &[&[Content(R::Viewer), Switch(D::Download), Connection(C::Download)]],
        (K::Document, A::Schedule) => &[&[Content(R::Viewer), Switch(D::Schedule), Connection(C::Schedule)]],
        (K::Document, A::Drill) => &[&[Content(R::Viewer), Switch(D::Drill), Connection(C::FilterAndDrill)]],
        (K::Document, A::Duplicate) => &[&[Content(R::Viewer), Switch(D::Duplicate), Connection(C::CreateDocuments)]],
        (K::Document, A::ViewWorkbook) => &[&[Content(R::Viewer), Switch(D::ViewWorkbook), Connection(C::ViewResults)]],
        (K::Document, A::AskAi) => &[&[Content(R::Viewer), Switch(D::AskAi), Connection(C::AskAi)]],

        (K::Trashed, A::View | A::Restore | A::Purge) => &[&[Content(R::Manager)]],

        // About a folder or document, or else about a connection.
        (K::AccessRequest, A::View) => &[&[Owner], &[Content(R::Manager)], &[Connection(C::ManageConnectionRoles)]],
        (K::AccessRequest, A::Approve) => &[
            &[Content(R::Manager), Unlocked, Undecided, NotRemoved, NotSuspended, Grantable],
            &[Connection(C::ManageConnectionRoles), GivenRole, Undecided, NotRemoved, NotSuspended, Grantable],
        ],
        (K::AccessRequest, A::Decline) => {
            &[&[Content(R::Manager), Undecided], &[Connection(C::ManageConnectionRoles), Undecided]]
        }
        (K::AccessRequest, A::Withdraw) => &[&[Owner, Undecided]],

        (K::Organization | K::Person | K::Group | K::Attribute | K::Role | K::ApiKey | K::SupportGrant, _) => &[],
        (K::Connection | K::Model | K::QueryRun, _) => &[],
        (K::Folder | K::Document | K::Trashed | K::AccessRequest, _) => &[],
    }
}

/// The actions as types, so that a permit says what it is for.
pub mod action {
    use super::ActionKind;

    mod sealed {
        pub trait Sealed {}
    }

    pub trait Action: sealed::Sealed {
        const KIND: ActionKind;
    }

    /// Whoever may do `Self` may do `B`.
    pub trait Implies<B: Action>: Action {}

    macro_rules! actions {
        ($($name:ident),* $(,)?) => {$(
            #[derive(Debug)]
            pub struct $name;
            impl sealed::Sealed for $name {}
            impl Action for $name {
                const KIND: ActionKind = ActionKind::$name;
            }
        )*};
    }
    actions!(
        View,
        ChangeSettings,
        ReadAudit,
        AddPerson,
        AddServiceAccount,
        AddGroup,
        AddAttribute,
        AddRole,
        AddConnection,
        AllowSupport,
        RequestAccess,
        Leave,
        Edit,
        Remove,
        SetRole,
        SetStatus,
        SignOut,
        SetAttributes,
        SetMembers,
        CreateKey,
        ViewAs,
        TakeOver,
        Explain,
        UseEngine,
        AssignRoles,
        CreateDocuments,
        Query,
        QueryViews,
        WriteSql,
        ViewSql,
        ExplainOthers,
        Cancel,
        Open,
        Explore,
        Publish,
        CreateIn,
        ReadAccess,
        Share,
        Unshare,
        Move,
        Transfer,
        Lock,
        Trash,
        SetSwitches,
        Download,
        Schedule,
        Drill,
        Duplicate,
        ViewWorkbook,
        AskAi,
        Restore,
        Purge,
        Approve,
        Decline,
        Withdraw,
    );

    impl Implies<View> for Query {}
    impl Implies<View> for QueryViews {}
    impl Implies<View> for WriteSql {}
    impl Implies<View> for UseEngine {}
}
