use super::draft::Draft;
use crate::checked::ModelRef;
use crate::file::Problem;
use crate::{ColumnType, FieldId, ViewId};
use tessera_base::ValueType;
use tessera_sql::tree::{BinaryOp, CastType, Expr, Ident, Literal};

impl Draft<'_> {
    /// Declared types win where they fit; the others come from the database and from what is read.
    pub(super) fn resolve_types(&mut self, order: &[FieldId]) {
        for field in order {
            let file = self.field_file(*field);
            let told = if file.is_measure { self.type_of_measure(*field) } else { self.type_of_expression(*field) };
            let declared = file.value_type.as_ref().map(|(_, declared)| *declared);
            if let (Some((at, declared)), Some(told)) = (&file.value_type, told)
                && *declared != told
            {
                let name = self.full_name(*field);
                self.problem(at, "type_mismatch", format!("`{name}` is a {told}, not a {declared}"));
            }
            let told = told.or_else(|| self.says_nothing(*field).then_some(ValueType::String));
            self.field_mut(*field).value_type = declared.or(told);
            let explained = file.has_wrong_type || self.field(*field).broken || self.reads_untyped(*field);
            if declared.or(told).is_none() && !explained {
                let message = format!("the type of `{}` cannot be told", self.full_name(*field));
                let problem = Problem::new(&file.name.at, "missing_type", message);
                self.problems.add(problem.help("add `type`: string, number, boolean, date or timestamp"));
            }
        }
    }

    /// A column is read as its dimension declares it where every value can be: nulls as anything, anything as a string, and
    /// a date as the midnight that it begins with.
    pub(super) fn conversion(&self, field: FieldId) -> Option<CastType> {
        let (_, declared) = self.field_file(field).value_type.as_ref()?;
        let column = self.column_type(self.field(field).view, self.bare_column(field)?)?;
        match (column, declared) {
            (ColumnType::Null, declared) => Some(match declared {
                ValueType::String => CastType::Text,
                ValueType::Number => CastType::Double,
                ValueType::Boolean => CastType::Boolean,
                ValueType::Date => CastType::Date,
                ValueType::Timestamp => CastType::Timestamp,
            }),
            (ColumnType::Text | ColumnType::Other, _) => None,
            (_, ValueType::String) => Some(CastType::Text),
            (ColumnType::Date, ValueType::Timestamp) => Some(CastType::Timestamp),
            _ => None,
        }
    }

    /// A column of nulls, or of a table that cannot be read: no value is of another type.
    fn says_nothing(&self, field: FieldId) -> bool {
        let view = self.field(field).view;
        let column = self.bare_column(field).and_then(|column| self.column_type(view, column));
        column == Some(ColumnType::Null) || self.is_unreadable(view)
    }

    fn is_unreadable(&self, view: ViewId) -> bool {
        let unreadable = self.catalog.as_ref().map(|catalog| &catalog.unreadable);
        unreadable.zip(self.table(view)).is_some_and(|(unreadable, table)| unreadable.contains_key(table))
    }

    /// Its type is missing because an input's is, which is a problem already.
    fn reads_untyped(&self, field: FieldId) -> bool {
        let paths = self.field(field).expr.as_ref().map(super::order::paths_read).unwrap_or_default();
        let read = paths.into_iter().map(|path| path.field).chain(self.inputs_of(field));
        read.into_iter().any(|input| self.field(input).value_type.is_none())
    }

    pub(super) fn type_of_expression(&mut self, field: FieldId) -> Option<ValueType> {
        let expr = self.field(field).expr.clone()?;
        let view = self.field(field).view;
        if let Expr::Column(ModelRef::Column(column)) = &expr
            && self.column_type(view, column) == Some(ColumnType::Other)
        {
            let file = self.field_file(field);
            let at = file.sql.as_ref().map_or(&file.name.at, |node| &node.at);
            let message = format!("the column `{column}` has a type that fields do not have");
            self.problem(at, "column_type", message);
            self.field_mut(field).broken = true;
        }
        match self.conversion(field) {
            Some(_) => self.field_file(field).value_type.as_ref().map(|(_, declared)| *declared),
            None => self.infer(view, &expr),
        }
    }

    fn column_type(&self, view: ViewId, column: &Ident) -> Option<ColumnType> {
        Some(self.catalog.as_ref()?.column(self.table(view)?, column)?.column_type)
    }

    /// Without a database, a column is what a dimension that is the column says it is.
    fn declared_type(&self, view: ViewId, column: &Ident) -> Option<ValueType> {
        let bare = self.field_ids(view).into_iter().filter(|field| self.bare_column(*field) == Some(column));
        bare.filter_map(|field| self.field_file(field).value_type.as_ref()).map(|(_, declared)| *declared).next()
    }

    /// What an expression certainly is; `None` where only the engine knows.
    pub(super) fn infer(&self, view: ViewId, expr: &Expr<ModelRef>) -> Option<ValueType> {
        match expr {
            Expr::Column(ModelRef::Column(column)) => match self.column_type(view, column) {
                Some(column_type) => column_type.value_type(),
                None => self.saved_column_type(view, column).or_else(|| self.declared_type(view, column)),
            },
            Expr::Column(ModelRef::Field(path)) => self.field(path.field).value_type,
            Expr::Literal(literal) => match literal {
                Literal::Boolean(_) => Some(ValueType::Boolean),
                Literal::Number(_) => Some(ValueType::Number),
                Literal::String(_) => Some(ValueType::String),
                Literal::Date(_) => Some(ValueType::Date),
                Literal::Timestamp(_) => Some(ValueType::Timestamp),
                Literal::Null | Literal::Interval { .. } => None,
            },
            Expr::All(_)
            | Expr::Any(_)
            | Expr::Not(_)
            | Expr::IsNull { .. }
            | Expr::IsTrue { .. }
            | Expr::Between { .. }
            | Expr::InList { .. }
            | Expr::Like { .. } => Some(ValueType::Boolean),
            Expr::Binary { op, left, right } => match op {
                BinaryOp::Equal
                | BinaryOp::NotEqual
                | BinaryOp::Less
                | BinaryOp::LessOrEqual
                | BinaryOp::Greater
                | BinaryOp::GreaterOrEqual
                | BinaryOp::IsDistinctFrom
                | BinaryOp::IsNotDistinctFrom => Some(ValueType::Boolean),
                BinaryOp::Concat => Some(ValueType::String),
                // Of dates, sums and differences depend on the engine.
                BinaryOp::Plus | BinaryOp::Minus | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => {
                    let both = [left, right].iter().all(|side| self.infer(view, side) == Some(ValueType::Number));
                    both.then_some(ValueType::Number)
                }
            },
            Expr::Unary { expr, .. } => self.infer(view, expr).filter(|inner| *inner == ValueType::Number),
            Expr::Case { branches, otherwise, .. } => {
                let results = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
                // A null branch says nothing; branches that disagree are the engine's to judge.
                let mut types = results
                    .filter(|result| !matches!(result, Expr::Literal(Literal::Null)))
                    .map(|result| self.infer(view, result));
                let first = types.next()??;
                types.all(|other| other == Some(first)).then_some(first)
            }
            Expr::Cast { to, .. } => Some(match to {
                CastType::Boolean => ValueType::Boolean,
                CastType::SmallInt
                | CastType::Integer
                | CastType::BigInt
                | CastType::Real
                | CastType::Double
                | CastType::Decimal { .. } => ValueType::Number,
                CastType::Text => ValueType::String,
                CastType::Date => ValueType::Date,
                CastType::Timestamp => ValueType::Timestamp,
            }),
            Expr::Extract { .. } => Some(ValueType::Number),
            Expr::CountRows { .. } => Some(ValueType::Number),
            Expr::Function { .. }
            | Expr::ConvertZone { .. }
            | Expr::Exists { .. }
            | Expr::InQuery { .. }
            | Expr::Scalar(_) => None,
        }
    }
}
