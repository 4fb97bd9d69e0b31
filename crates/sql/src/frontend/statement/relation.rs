use super::{
    StatementError,
    query::absent,
    walk::{Walk, Walked, folded, place, shown},
};
use crate::functions;
use sqlparser::{
    ast::{
        FunctionArg, Join, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, TableAlias, TableAliasColumnDef,
        TableFactor, TableFunctionArgs, TableWithJoins,
    },
    tokenizer::Location,
};

impl Walk {
    pub(super) fn table_with_joins(&mut self, relation: &TableFactor, joins: &[Join]) -> Walked {
        self.table_factor(relation)?;
        for join in joins {
            let Join { relation, global, join_operator } = join;
            absent(!global, "`GLOBAL` of a join", join)?;
            self.table_factor(relation)?;
            match join_operator {
                JoinOperator::Join(constraint)
                | JoinOperator::Inner(constraint)
                | JoinOperator::Left(constraint)
                | JoinOperator::LeftOuter(constraint)
                | JoinOperator::Right(constraint)
                | JoinOperator::RightOuter(constraint)
                | JoinOperator::FullOuter(constraint)
                | JoinOperator::LeftSemi(constraint)
                | JoinOperator::RightSemi(constraint)
                | JoinOperator::LeftAnti(constraint)
                | JoinOperator::RightAnti(constraint) => self.join_constraint(constraint)?,
                JoinOperator::CrossJoin(JoinConstraint::None) => {}
                _ => absent(false, "this kind of join", join)?,
            }
        }
        Ok(())
    }

    fn join_constraint(&mut self, constraint: &JoinConstraint) -> Walked {
        match constraint {
            JoinConstraint::On(expr) => self.expr(expr),
            JoinConstraint::Using(names) => {
                for name in names {
                    let ObjectName(parts) = name;
                    match parts.as_slice() {
                        [ObjectNamePart::Identifier(column)] => self.column(column)?,
                        _ => {
                            return Err(StatementError::refused(
                                format!("`{}` is not the name of a column", shown(name)),
                                place(name),
                            ));
                        }
                    }
                }
                Ok(())
            }
            JoinConstraint::Natural => {
                self.has_wildcard = true;
                Ok(())
            }
            JoinConstraint::None => Ok(()),
        }
    }

    fn table_factor(&mut self, factor: &TableFactor) -> Walked {
        let refused =
            || StatementError::refused(format!("`{}` is not supported in `FROM`", shown(factor)), place(factor));
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
                let plain = with_hints.is_empty()
                    && version.is_none()
                    && !with_ordinality
                    && partitions.is_empty()
                    && json_path.is_none()
                    && sample.is_none()
                    && index_hints.is_empty();
                if !plain {
                    return Err(refused());
                }
                self.alias(alias.as_ref())?;
                match args {
                    None => self.table(name),
                    Some(TableFunctionArgs { args, settings: None }) => self.table_function(name, args, place(factor)),
                    Some(TableFunctionArgs { args: _, settings: Some(_) }) => Err(refused()),
                }
            }
            TableFactor::Derived { lateral: _, subquery, alias, sample: None } => {
                self.alias(alias.as_ref())?;
                self.query(subquery)
            }
            TableFactor::Function { lateral: _, name, args, with_ordinality: false, alias } => {
                self.alias(alias.as_ref())?;
                self.table_function(name, args, place(factor))
            }
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset: false,
                with_offset_alias: None,
                with_ordinality: false,
            } => {
                self.alias(alias.as_ref())?;
                if let Some(unnest) = functions::table("unnest") {
                    self.calls(unnest);
                }
                self.exprs(array_exprs)
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                self.alias(alias.as_ref())?;
                let TableWithJoins { relation, joins } = table_with_joins.as_ref();
                self.table_with_joins(relation, joins)
            }
            _ => Err(refused()),
        }
    }

    fn table_function(&mut self, name: &ObjectName, args: &[FunctionArg], at: Location) -> Walked {
        let ObjectName(parts) = name;
        let function = match parts.as_slice() {
            [ObjectNamePart::Identifier(name)] => functions::table(&folded(name)),
            _ => None,
        };
        let function =
            function.ok_or_else(|| StatementError::refused(format!("unknown function `{}`", shown(name)), at))?;
        self.calls(function);
        self.arguments(function, args, at)
    }

    fn alias(&mut self, alias: Option<&TableAlias>) -> Walked {
        match alias {
            None => Ok(()),
            Some(TableAlias { explicit: _, name, columns, at }) => {
                absent(at.is_none(), "`AT` after an alias", name)?;
                self.alias_columns(columns)
            }
        }
    }

    pub(super) fn alias_columns(&mut self, columns: &[TableAliasColumnDef]) -> Walked {
        columns.iter().try_for_each(|TableAliasColumnDef { name, data_type }| {
            absent(data_type.is_none(), "a type in an alias", name)
        })
    }
}
