use super::{
    StatementError,
    walk::{Placed, Walk, Walked, folded, place, shown},
};
use sqlparser::ast::{
    Cte, Distinct, ExceptSelectItem, ExcludeSelectItem, Expr, GroupByExpr, LimitClause, NamedWindowDefinition,
    NamedWindowExpr, ObjectName, Offset, OrderBy, OrderByExpr, OrderByKind, Parens, Query, Select, SelectFlavor,
    SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier, TableAlias, TableWithJoins,
    Values, WildcardAdditionalOptions, With,
};

/// Nothing, or a refusal that says what is not offered.
pub(super) fn absent(absent: bool, what: &str, node: &impl Placed) -> Walked {
    if absent { Ok(()) } else { Err(StatementError::refused(format!("{what} is not supported"), place(node))) }
}

impl Walk {
    pub(super) fn query(&mut self, query: &Query) -> Walked {
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        absent(fetch.is_none(), "`FETCH`", query).map_err(|error| error.help("write `LIMIT`"))?;
        absent(locks.is_empty(), "locking rows (`FOR UPDATE`, `FOR SHARE`)", query)?;
        absent(for_clause.is_none(), "`FOR`", query)?;
        absent(settings.is_none(), "`SETTINGS`", query)?;
        absent(format_clause.is_none(), "`FORMAT`", query)?;
        absent(pipe_operators.is_empty(), "`|>`", query)?;
        self.in_scope(|walk| {
            if let Some(with) = with {
                walk.with(with)?;
            }
            walk.set_expr(body)?;
            if let Some(order_by) = order_by {
                walk.order_by_clause(order_by, query)?;
            }
            match limit_clause {
                None => Ok(()),
                Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
                    absent(limit_by.is_empty(), "`LIMIT … BY`", query)?;
                    walk.exprs(limit)?;
                    walk.exprs(offset.iter().map(|Offset { value, rows: _ }| value))
                }
                Some(LimitClause::OffsetCommaLimit { offset: _, limit: _ }) => {
                    absent(false, "`LIMIT a, b`", query).map_err(|error| error.help("write `LIMIT b OFFSET a`"))
                }
            }
        })
    }

    /// One after the other, as the engine plans them: each sees those before it, and a recursive one sees itself in the second
    /// half of its UNION only.
    fn with(&mut self, with: &With) -> Walked {
        let With { with_token: _, recursive, cte_tables } = with;
        for Cte { alias, query, from, materialized, closing_paren_token: _ } in cte_tables {
            let TableAlias { explicit: _, name, columns, at } = alias;
            self.alias_columns(columns)?;
            absent(at.is_none() && from.is_none(), "this form of `WITH`", name)?;
            absent(materialized.is_none(), "`MATERIALIZED`", name)?;
            let known_as = folded(name);
            if known_as.contains('.') {
                return Err(StatementError::refused(
                    format!("a name of `WITH` cannot hold a dot, as `{name}` does"),
                    name.span.start,
                ));
            }
            if self.scope.contains(&known_as) {
                return Err(StatementError::refused(format!("`{name}` names two queries of `WITH`"), name.span.start)
                    .help("rename one of them"));
            }
            match (recursive, query.body.as_ref()) {
                (true, SetExpr::SetOperation { op: SetOperator::Union, set_quantifier, left, right }) => {
                    self.plain_recursive(query)?;
                    quantifier(*set_quantifier, SetOperator::Union, query.as_ref())?;
                    self.in_scope(|walk| walk.set_expr(left))?;
                    self.scope.push(known_as);
                    self.in_scope(|walk| walk.set_expr(right))?;
                }
                _ => {
                    self.query(query)?;
                    self.scope.push(known_as);
                }
            }
        }
        Ok(())
    }

    /// The engine plans the two halves of a recursive query and silently drops everything around them.
    fn plain_recursive(&self, query: &Query) -> Walked {
        let Query {
            with,
            body: _,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        let plain = with.is_none()
            && order_by.is_none()
            && limit_clause.is_none()
            && fetch.is_none()
            && locks.is_empty()
            && for_clause.is_none()
            && settings.is_none()
            && format_clause.is_none()
            && pipe_operators.is_empty();
        absent(plain, "a clause around the two halves of a recursive query", query)
    }

    fn set_expr(&mut self, set_expr: &SetExpr) -> Walked {
        match set_expr {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { op, set_quantifier, left, right } => {
                quantifier(*set_quantifier, *op, set_expr)?;
                self.set_expr(left)?;
                self.set_expr(right)
            }
            SetExpr::Values(Values { explicit_row: _, value_keyword, rows }) => {
                absent(!value_keyword, "`VALUE`", set_expr).map_err(|error| error.help("write `VALUES`"))?;
                self.exprs(rows.iter().flat_map(|Parens { opening_token: _, content, closing_token: _ }| content))
            }
            SetExpr::Table(_) => {
                absent(false, "`TABLE name`", set_expr).map_err(|error| error.help("write `SELECT * FROM name`"))
            }
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                Err(StatementError::refused("a statement that changes data cannot run", place(set_expr)))
            }
        }
    }

    fn select(&mut self, select: &Select) -> Walked {
        let Select {
            select_token: _,
            optimizer_hints,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        absent(optimizer_hints.is_empty(), "a hint", select)?;
        absent(select_modifiers.is_none(), "a modifier of `SELECT`", select)?;
        absent(top.is_none(), "`TOP`", select).map_err(|error| error.help("write `LIMIT`"))?;
        absent(exclude.is_none(), "`EXCLUDE` after the select list", select)?;
        absent(into.is_none(), "`SELECT INTO`", select)?;
        absent(lateral_views.is_empty(), "`LATERAL VIEW`", select)?;
        absent(prewhere.is_none(), "`PREWHERE`", select)?;
        absent(connect_by.is_empty(), "`CONNECT BY`", select)?;
        absent(
            cluster_by.is_empty() && distribute_by.is_empty() && sort_by.is_empty(),
            "`CLUSTER`, `DISTRIBUTE` or `SORT BY`",
            select,
        )?;
        absent(value_table_mode.is_none(), "`SELECT AS`", select)?;
        absent(matches!(flavor, SelectFlavor::Standard), "`FROM` before `SELECT`", select)?;

        for TableWithJoins { relation, joins } in from {
            self.table_with_joins(relation, joins)?;
        }
        match distinct {
            None | Some(Distinct::All | Distinct::Distinct) => {}
            Some(Distinct::On(exprs)) => self.exprs(exprs)?,
        }
        self.in_select_list = true;
        let listed = projection.iter().try_for_each(|item| self.item(item));
        self.in_select_list = false;
        listed?;
        self.exprs(selection)?;
        match group_by {
            GroupByExpr::All(modifiers) => absent(modifiers.is_empty(), "a modifier of `GROUP BY`", group_by)?,
            GroupByExpr::Expressions(exprs, modifiers) => {
                absent(modifiers.is_empty(), "a modifier of `GROUP BY`", group_by)?;
                exprs.iter().try_for_each(|expr| self.grouping(expr))?;
            }
        }
        self.exprs(having)?;
        for NamedWindowDefinition(name, window) in named_window {
            match window {
                NamedWindowExpr::WindowSpec(spec) => self.window(spec, name)?,
                NamedWindowExpr::NamedWindow(_) => absent(false, "a window that is another window's name", name)?,
            }
        }
        self.exprs(qualify)
    }

    pub(super) fn item(&mut self, item: &SelectItem) -> Walked {
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, alias: _ } => self.expr(expr),
            SelectItem::Wildcard(options) => self.wildcard(options),
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(_), options) => {
                self.wildcard(options)
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(_), _)
            | SelectItem::ExprWithAliases { expr: _, aliases: _ } => Err(StatementError::refused(
                format!("`{}` is not supported in a select list", shown(item)),
                place(item),
            )),
        }
    }

    fn wildcard(&mut self, options: &WildcardAdditionalOptions) -> Walked {
        let WildcardAdditionalOptions {
            wildcard_token: _,
            opt_ilike,
            opt_exclude,
            opt_except,
            opt_replace,
            opt_rename,
            opt_alias,
        } = options;
        let plain = opt_ilike.is_none() && opt_replace.is_none() && opt_rename.is_none() && opt_alias.is_none();
        self.has_wildcard = true;
        absent(plain, "`*` with anything but `EXCLUDE` or `EXCEPT`", options)?;
        match opt_exclude {
            None => {}
            Some(ExcludeSelectItem::Single(name)) => self.excluded(name)?,
            Some(ExcludeSelectItem::Multiple(names)) => names.iter().try_for_each(|name| self.excluded(name))?,
        }
        if let Some(ExceptSelectItem { first_element, additional_elements }) = opt_except {
            self.column(first_element)?;
            additional_elements.iter().try_for_each(|name| self.column(name))?;
        }
        Ok(())
    }

    fn excluded(&mut self, name: &ObjectName) -> Walked {
        let ObjectName(parts) = name;
        match parts.iter().map(|part| part.as_ident()).collect::<Vec<_>>().as_slice() {
            [Some(column)] => self.column(column),
            _ => Err(StatementError::refused(format!("`{}` is not the name of a column", shown(name)), place(name))),
        }
    }

    /// An item of GROUP BY, where sets of columns may stand.
    fn grouping(&mut self, expr: &Expr) -> Walked {
        match expr {
            Expr::GroupingSets(sets) | Expr::Cube(sets) | Expr::Rollup(sets) => self.exprs(sets.iter().flatten()),
            Expr::Tuple(exprs) => self.exprs(exprs),
            expr => self.expr(expr),
        }
    }

    fn order_by_clause(&mut self, order_by: &OrderBy, query: &Query) -> Walked {
        let OrderBy { kind, interpolate } = order_by;
        absent(interpolate.is_none(), "`INTERPOLATE`", query)?;
        match kind {
            OrderByKind::Expressions(keys) => self.order_by(keys),
            OrderByKind::All(_) => absent(false, "`ORDER BY ALL`", query),
        }
    }

    pub(super) fn order_by(&mut self, keys: &[OrderByExpr]) -> Walked {
        for key in keys {
            let OrderByExpr { expr, options: _, with_fill } = key;
            absent(with_fill.is_none(), "`WITH FILL`", key)?;
            self.expr(expr)?;
        }
        Ok(())
    }
}

fn quantifier(quantifier: SetQuantifier, op: SetOperator, node: &impl Placed) -> Walked {
    match (op, quantifier) {
        (
            SetOperator::Union | SetOperator::Except | SetOperator::Intersect,
            SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None,
        )
        | (SetOperator::Union, SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName) => {
            Ok(())
        }
        (op, quantifier) => absent(false, &format!("`{op} {quantifier}`"), node),
    }
}
