use super::{
    Author, StatementError, StatementErrorKind,
    query::absent,
    walk::{Placed, Walk, Walked, folded, place, shown},
};
use crate::functions::{self, Function, FunctionKind, MAX_SIZE};
use sqlparser::{
    ast::{
        self, DuplicateTreatment, Expr, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArgumentList,
        FunctionArguments, ObjectName, ObjectNamePart, UnaryOperator, Value, ValueWithSpan, WindowFrame,
        WindowFrameBound, WindowSpec, WindowType,
    },
    tokenizer::Location,
};

impl Walk {
    pub(super) fn function(&mut self, call: &ast::Function) -> Walked {
        let ast::Function { name, uses_odbc_syntax, parameters, args, filter, null_treatment, over, within_group } =
            call;
        let at = place(name);
        let function = self.named(name, over.is_some())?;
        self.calls(function);
        absent(!uses_odbc_syntax, "`{fn …}`", name)?;
        absent(matches!(parameters, FunctionArguments::None), "a second list of arguments", name)?;
        let aggregates = matches!(function.kind, FunctionKind::Aggregate | FunctionKind::Window);
        // The engine drops these from the call of a scalar function without a word.
        let plain = filter.is_none() && null_treatment.is_none() && within_group.is_empty();
        absent(aggregates || plain, "`FILTER`, `WITHIN GROUP` or the treatment of nulls on a scalar function", name)?;
        match args {
            FunctionArguments::None => {}
            FunctionArguments::List(FunctionArgumentList { duplicate_treatment, args, clauses }) => {
                let plain = matches!(duplicate_treatment, None | Some(DuplicateTreatment::All)) && clauses.is_empty();
                absent(aggregates || plain, "`DISTINCT` or `ORDER BY` in the arguments of a scalar function", name)?;
                self.arguments(function, args, at)?;
                for clause in clauses {
                    match clause {
                        FunctionArgumentClause::IgnoreOrRespectNulls(_) => {}
                        FunctionArgumentClause::OrderBy(keys) => self.order_by(keys)?,
                        _ => absent(false, "this clause in the arguments of a function", name)?,
                    }
                }
            }
            FunctionArguments::Subquery(_) => absent(false, "a query as the arguments of a function", name)?,
        }
        self.exprs(filter.as_deref())?;
        self.order_by(within_group)?;
        match over {
            None => Ok(()),
            Some(WindowType::WindowSpec(spec)) => self.window(spec, name),
            Some(WindowType::NamedWindow(window)) => {
                absent(self.in_select_list, "a named window outside the select list", window)
            }
        }
    }

    fn named(&self, name: &ObjectName, over: bool) -> Result<&'static Function, StatementError> {
        let at = place(name);
        let unknown = || StatementError::refused(format!("unknown function `{}`", shown(name)), at);
        let ObjectName(parts) = name;
        let [ObjectNamePart::Identifier(ident)] = parts.as_slice() else { return Err(unknown()) };
        let folded = folded(ident);
        let own = Some(functions::mask_hash()).filter(|hash| self.author == Author::Printer && hash.name == folded);
        let over_rows = functions::aggregate(&folded);
        let of_a_row = functions::scalar(&folded)
            .or(own)
            .or_else(|| functions::table(&folded).filter(|function| function.name == "unnest"));
        if over {
            let found = functions::window(&folded).or(over_rows);
            return found.ok_or_else(|| match of_a_row {
                Some(_) => StatementError::refused(format!("`{folded}` takes no `OVER`"), at),
                None => unknown(),
            });
        }
        over_rows.or(of_a_row).ok_or_else(|| match functions::window(&folded) {
            Some(_) => StatementError::refused(format!("`{folded}` needs `OVER (…)`"), at),
            None => unknown(),
        })
    }

    /// Arguments by position only: the engine would put named ones where their names say, past the check of sizes.
    pub(super) fn arguments(&mut self, function: &Function, args: &[FunctionArg], at: Location) -> Walked {
        for (position, arg) in args.iter().enumerate() {
            let expr = match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => expr,
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if function.name == functions::count().name => continue,
                _ => {
                    return Err(StatementError::refused(
                        format!("`{}` takes arguments by position", function.name),
                        at,
                    ));
                }
            };
            if function.size_arguments.contains(&position) && !is_small(expr) {
                return Err(StatementError::new(
                    StatementErrorKind::TooLarge,
                    format!("argument {} of `{}` must be a literal of at most {MAX_SIZE}", position + 1, function.name),
                    place(expr),
                ));
            }
            self.expr(expr)?;
        }
        Ok(())
    }

    pub(super) fn window(&mut self, spec: &WindowSpec, node: &impl Placed) -> Walked {
        let WindowSpec { window_name, partition_by, order_by, window_frame } = spec;
        // The engine drops the name, and with it what the window was meant to inherit.
        absent(window_name.is_none(), "a window that extends another one", node)?;
        self.exprs(partition_by)?;
        self.order_by(order_by)?;
        if let Some(WindowFrame { units: _, start_bound, end_bound }) = window_frame {
            for bound in std::iter::once(start_bound).chain(end_bound) {
                match bound {
                    WindowFrameBound::CurrentRow => {}
                    WindowFrameBound::Preceding(distance) | WindowFrameBound::Following(distance) => {
                        self.exprs(distance.as_deref())?
                    }
                }
            }
        }
        Ok(())
    }
}

fn is_small(expr: &Expr) -> bool {
    match expr {
        Expr::Value(ValueWithSpan { value: Value::Number(text, false), span: _ }) => {
            text.parse::<f64>().is_ok_and(|size| size <= MAX_SIZE as f64)
        }
        Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr } | Expr::Nested(expr) => is_small(expr),
        _ => false,
    }
}
