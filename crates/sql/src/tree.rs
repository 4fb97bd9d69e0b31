//! A closed SQL tree. Identifiers, literals and functions are types; there is no node that holds SQL text, and no
//! relation that names a physical table outside a governed body.
mod expr;
mod ident;
mod map;
mod query;
mod walk;

pub use expr::{BinaryOp, CastType, Expr, LikeOp, Literal, SortKey, TimeUnit, UnaryOp, WindowSpec};
pub use ident::{Ident, IdentError};
pub use query::{
    BodySource, ColumnRef, Cte, GovernedName, Join, JoinKind, PhysicalTable, Query, Relation, Select, SelectItem,
    SetBody, Source,
};
