use super::{
    access::Verdict,
    query::{Column, Rule},
};
use tessera_base::ValueType;
use tessera_query::{ColumnKind, ResultColumn};

impl From<tessera_app::Verdict> for Verdict {
    fn from(tessera_app::Verdict { allowed, because, needs }: tessera_app::Verdict) -> Self {
        Self { allowed, because, needs }
    }
}

impl From<tessera_query::GovernedBy> for Rule {
    fn from(tessera_query::GovernedBy { relation, rule, because }: tessera_query::GovernedBy) -> Self {
        Self { relation, rule, because }
    }
}

impl From<&ResultColumn> for Column {
    fn from(column: &ResultColumn) -> Self {
        Self {
            name: column.name.clone(),
            label: column.label.clone(),
            value_type: column.value_type.unwrap_or(ValueType::String).name(),
            kind: match column.kind {
                ColumnKind::Dimension => "dimension",
                ColumnKind::Measure => "measure",
                ColumnKind::Column => "column",
            },
            format: column.format.clone(),
            masked: column.masked,
        }
    }
}
