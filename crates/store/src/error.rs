use crate::{RandomnessError, vault::VaultError};
use tessera_base::ValueType;

/// What the store answers when it cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the metadata database failed")]
    Database(#[source] sqlx::Error),
    #[error("the metadata database could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error(transparent)]
    Postgres(#[from] crate::PostgresError),
    #[error("the key file does not open this metadata database, or the database is damaged")]
    WrongKey,
    #[error("this build cannot encrypt the metadata database")]
    NotEncrypted,
    #[error("could not prepare the metadata database file")]
    File(#[from] std::io::Error),
    /// A stored value is not what this version of the program writes; never guessed at.
    #[error("the metadata database holds an unreadable {what}")]
    Unreadable { what: &'static str },
    #[error("a secret could not be sealed or opened")]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    #[error("there is already a {noun} `{name}`")]
    Taken { noun: &'static str, name: String },
    #[error("no {noun} `{name}`")]
    Unknown { noun: &'static str, name: String },
    #[error("nothing can be given to `{name}`, who is {status}")]
    Gone { name: String, status: &'static str },
    #[error(
        "the name of an attribute is made of small letters, digits and `_`, and begins with a letter: not `{name}`"
    )]
    AttributeName { name: String },
    #[error("attribute `{name}` holds at most {most} values, each of at most {longest} characters")]
    TooManyValues { name: String, most: usize, longest: usize },
    #[error("attribute `{name}` secures data, and goes on to: rules may rely on it")]
    SecuresData { name: String },
    #[error("a value of attribute `{name}` holds a character that cannot be seen")]
    ValueCharacters { name: String },
    #[error("`{name}` is a name of the system, which fills it itself")]
    ReservedAttribute { name: String },
    #[error("attribute `{name}` secures data, so it may have no default")]
    DefaultSecuresData { name: String },
    #[error("attribute `{name}` holds one value, not {count}")]
    OneValue { name: String, count: usize },
    #[error("a value of attribute `{name}` must be a {wanted}")]
    WrongType { name: String, wanted: ValueType },
    #[error("attribute `{name}` cannot be a {value_type}")]
    AttributeType { name: String, value_type: ValueType },
    #[error("attribute `{name}` was set by {source_name}, which alone may change it")]
    OtherSource { name: String, source_name: &'static str },
    #[error("the key of a group is made of small letters, digits, `_` and `-`, and begins with a letter: not `{key}`")]
    GroupKey { key: String },
    /// A name that a reader could take for another one of the same kind.
    #[error("there is already a {noun} `{name}`, which looks the same")]
    LooksLike { noun: &'static str, name: String },
    #[error("the {noun} `{name}` is still used: {by}")]
    StillUsed { noun: &'static str, name: String, by: String },
    #[error("a role in the organization and a role on connections are not turned into one another")]
    RoleKind,
    #[error("{tier} does not give {abilities}, so a role of that tier cannot switch it off")]
    BesideTier { tier: &'static str, abilities: String },
    #[error(
        "a session lasts at least {least_minutes} minutes and at most {most_minutes}, and is not idle for longer than it lasts"
    )]
    SessionLimits { least_minutes: u32, most_minutes: u32 },
    #[error("there is nothing to ask for: you may do this already")]
    HasAccess,
    #[error("at most {most} requests of one person are open at a time; withdraw one first")]
    TooManyRequests { most: i64 },
    #[error("nobody decides about their own request")]
    OwnRequest,
    #[error("this request has been decided already")]
    Decided,
    #[error("what is asked for is not there any more, or no grant could give it")]
    NothingToGrant,
    #[error("`{given}` is not the key of this organization")]
    OtherKey { given: String },
    #[error("an idempotency key is made of at most {longest} visible ASCII characters")]
    IdempotencyKey { longest: usize },
    #[error("this idempotency key was used for something else")]
    KeyReused,
    #[error("a group cannot be inside itself")]
    GroupCycle,
    #[error("groups nest at most {most} deep")]
    GroupDepth { most: usize },
    #[error("the last admin can neither be demoted, suspended nor removed")]
    LastAdmin,
    /// Decided again on the state that the write would have changed.
    #[error(transparent)]
    Denied(#[from] tessera_access::Denied),
    /// Since the request came.
    #[error("whoever asked may not come in any more")]
    ActorGone,
    #[error("somebody else changed it in the meantime")]
    Stale,
    #[error("folders nest at most {most} deep")]
    FolderDepth { most: usize },
    #[error("a folder cannot be inside itself")]
    FolderCycle,
    #[error("this folder is always there, and stays as it is")]
    RootStays,
    #[error("taking access away cannot give more of it")]
    NotLower,
    #[error("the folder `{folder}` that it was in is in the trash; restore that first")]
    InTrash { folder: String },
    #[error("a document holds a JSON object")]
    BodyShape,
    #[error("a document holds at most {most_bytes} bytes")]
    BodyTooLarge { most_bytes: usize },
    #[error(
        "a slug is made of small letters, digits and hyphens, begins with none of the last, and is no id: not `{slug}`"
    )]
    Slug { slug: String },
    #[error("audit events are kept for at least {least_days} days")]
    AuditRetention { least_days: u32 },
    #[error("support access lasts at least {least_minutes} minutes and at most {most_minutes}")]
    SupportTime { least_minutes: u32, most_minutes: u32 },
    #[error("support access must give something: an ability, a connection, a folder or a document")]
    SupportForNothing,
    #[error("{abilities} cannot be given for support: it would let somebody in who stays")]
    NotForSupport { abilities: String },
    #[error("an API key lasts 1 to {most_days} days")]
    KeyTime { most_days: u32 },
    #[error("a key of a service account says what it is for: it needs `scopes`")]
    KeyWithoutScopes,
    #[error("nobody has more than {most} API keys; revoke one first")]
    TooManyKeys { most: i64 },
    #[error("a service account has no e-mail address")]
    NoAddress,
    #[error("this support access is over already")]
    SupportOver,
    #[error("the folder `{0}` is not text")]
    FolderName(String),
}

/// SQLite's answer to a wrong key: what it decrypts is not a database.
const NOT_A_DATABASE: &str = "26";

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error().and_then(|database| database.code()) {
            Some(code) if code == NOT_A_DATABASE => Self::WrongKey,
            _ => Self::Database(error),
        }
    }
}

/// A write that found a name in use says so; everything else is the database's failure.
pub(crate) fn taken(noun: &'static str, name: &str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match error.as_database_error() {
        Some(database) if database.is_unique_violation() => StoreError::Taken { noun, name: name.to_owned() },
        _ => error.into(),
    }
}

/// A write that named something that is not in this organization.
pub(crate) fn unknown(noun: &'static str, name: impl ToString) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match error.as_database_error() {
        Some(database) if database.is_foreign_key_violation() => StoreError::Unknown { noun, name: name.to_string() },
        _ => error.into(),
    }
}

/// The one row that a change was meant for.
pub(crate) fn one_row(
    result: crate::database::Done,
    noun: &'static str,
    name: impl ToString,
) -> Result<(), StoreError> {
    match result.rows_affected() {
        1 => Ok(()),
        _ => Err(StoreError::Unknown { noun, name: name.to_string() }),
    }
}
