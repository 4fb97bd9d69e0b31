//! A statement with what is bound to it, for either database.
use super::{Connection, Ready};
use sqlx::{Arguments, Database, Encode, FromRow, Postgres, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};
use std::marker::PhantomData;

/// What both databases can bind. Nothing has a type too.
pub(crate) enum Argument {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(bool),
    Bytes(Vec<u8>),
}

macro_rules! argument {
    ($($from:ty => |$value:ident| $argument:expr),+ $(,)?) => {
        $(impl From<$from> for Argument {
            fn from($value: $from) -> Self {
                $argument
            }
        })+
    };
}

argument! {
    String => |text| Self::Text(Some(text)),
    &str => |text| Self::Text(Some(text.to_owned())),
    Option<String> => |text| Self::Text(text),
    Option<&str> => |text| Self::Text(text.map(str::to_owned)),
    i64 => |number| Self::Integer(Some(number)),
    Option<i64> => |number| Self::Integer(number),
    bool => |value| Self::Boolean(value),
    Vec<u8> => |bytes| Self::Bytes(bytes),
}

/// What both databases can answer.
pub(crate) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for R {}

/// A row of texts, however many there are.
pub(crate) struct TextRow(pub(crate) Vec<Option<String>>);

impl<'r, R: sqlx::Row> FromRow<'r, R> for TextRow
where
    usize: sqlx::ColumnIndex<R>,
    Option<String>: sqlx::Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>().map(Self)
    }
}

/// A text with what is bound to it.
struct Bound {
    sql: &'static str,
    arguments: Vec<Argument>,
}

impl Bound {
    fn arguments<D: Database>(self) -> Result<D::Arguments, sqlx::Error>
    where
        Option<String>: Encode<'static, D> + Type<D>,
        Option<i64>: Encode<'static, D> + Type<D>,
        bool: Encode<'static, D> + Type<D>,
        Vec<u8>: Encode<'static, D> + Type<D>,
    {
        let mut bound = D::Arguments::default();
        for argument in self.arguments {
            match argument {
                Argument::Text(text) => bound.add(text),
                Argument::Integer(number) => bound.add(number),
                Argument::Boolean(value) => bound.add(value),
                Argument::Bytes(bytes) => bound.add(bytes),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(bound)
    }
}

/// How many rows a statement touched.
#[derive(Clone, Copy)]
pub(crate) struct Done {
    rows: u64,
}

impl Done {
    pub(crate) fn rows_affected(self) -> u64 {
        self.rows
    }
}

/// A statement that answers no rows.
pub(crate) struct Statement(Bound);

impl Statement {
    pub(crate) fn new(sql: &'static str) -> Self {
        Self(Bound { sql, arguments: Vec::new() })
    }

    /// `$1`, then `$2`, ….
    pub(crate) fn bind(mut self, argument: impl Into<Argument>) -> Self {
        self.0.arguments.push(argument.into());
        self
    }

    /// The same, with rows to answer.
    pub(crate) fn rows<R: Row>(self) -> Rows<R> {
        Rows { bound: self.0, row: PhantomData }
    }

    /// The same, with one column to answer.
    pub(crate) fn scalars<T>(self) -> Scalars<T>
    where
        (T,): Row,
    {
        Scalars(self.rows())
    }

    pub(crate) async fn execute(self, connection: Connection<'_>) -> Result<Done, sqlx::Error> {
        let sql = self.0.sql;
        let rows = match connection.ready().await? {
            Ready::Sqlite(connection) => {
                let arguments = self.0.arguments::<Sqlite>()?;
                sqlx::query_with(sql, arguments).execute(connection).await?.rows_affected()
            }
            Ready::Postgres(connection) => {
                let arguments = self.0.arguments::<Postgres>()?;
                sqlx::query_with(sql, arguments).execute(connection).await?.rows_affected()
            }
        };
        Ok(Done { rows })
    }
}

/// A statement that answers rows of `R`.
pub(crate) struct Rows<R> {
    bound: Bound,
    row: PhantomData<fn() -> R>,
}

impl<R: Row> Rows<R> {
    pub(crate) fn bind(mut self, argument: impl Into<Argument>) -> Self {
        self.bound.arguments.push(argument.into());
        self
    }

    pub(crate) async fn fetch_all(self, connection: Connection<'_>) -> Result<Vec<R>, sqlx::Error> {
        let sql = self.bound.sql;
        match connection.ready().await? {
            Ready::Sqlite(connection) => {
                let arguments = self.bound.arguments::<Sqlite>()?;
                sqlx::query_as_with(sql, arguments).fetch_all(connection).await
            }
            Ready::Postgres(connection) => {
                let arguments = self.bound.arguments::<Postgres>()?;
                sqlx::query_as_with(sql, arguments).fetch_all(connection).await
            }
        }
    }

    pub(crate) async fn fetch_optional(self, connection: Connection<'_>) -> Result<Option<R>, sqlx::Error> {
        let sql = self.bound.sql;
        match connection.ready().await? {
            Ready::Sqlite(connection) => {
                let arguments = self.bound.arguments::<Sqlite>()?;
                sqlx::query_as_with(sql, arguments).fetch_optional(connection).await
            }
            Ready::Postgres(connection) => {
                let arguments = self.bound.arguments::<Postgres>()?;
                sqlx::query_as_with(sql, arguments).fetch_optional(connection).await
            }
        }
    }

    pub(crate) async fn fetch_one(self, connection: Connection<'_>) -> Result<R, sqlx::Error> {
        self.fetch_optional(connection).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

/// A statement that answers one column.
pub(crate) struct Scalars<T>(Rows<(T,)>);

impl<T> Scalars<T>
where
    (T,): Row,
{
    pub(crate) fn bind(self, argument: impl Into<Argument>) -> Self {
        Self(self.0.bind(argument))
    }

    pub(crate) async fn fetch_optional(self, connection: Connection<'_>) -> Result<Option<T>, sqlx::Error> {
        Ok(self.0.fetch_optional(connection).await?.map(|(value,)| value))
    }

    pub(crate) async fn fetch_one(self, connection: Connection<'_>) -> Result<T, sqlx::Error> {
        Ok(self.0.fetch_one(connection).await?.0)
    }
}
