//! Row rules → conditions inside the governed relation. Rules read raw columns: they are not the person's use.
use crate::{
    GovernedBy, Refusal,
    govern::body::{bind, raw_expr},
};
use tessera_access::Address;
use tessera_base::Value;
use tessera_model::{
    CheckedModel, ColumnType, DataScope, FieldId, ViewId,
    checked::{FieldKind, FieldPath, Matching, ModelRef, Step},
    scope::{FieldState, RelationState, RowRule, rule_text},
};
use tessera_sql::{
    functions,
    tree::{
        BinaryOp, BodySource, ColumnRef, Expr, Ident, Join, JoinKind, Literal, Relation, Select, SelectItem, Source,
    },
};

type Condition = Expr<ColumnRef, BodySource>;

/// The condition of one rule on the rows that are in scope as `alias`.
pub(crate) fn condition(model: &CheckedModel, alias: &Ident, rule: &RowRule) -> Result<Condition, Refusal> {
    let all = |rules: &[RowRule]| rules.iter().map(|rule| condition(model, alias, rule)).collect::<Result<_, _>>();
    Ok(match rule {
        RowRule::Any(rules) => Expr::any(all(rules)?),
        RowRule::All(rules) => Expr::all(all(rules)?),
        RowRule::Never { .. } => Expr::Literal(Literal::Boolean(false)),
        RowRule::Test { field, matching, values, include_null, because: _ } => {
            let mut reached = Reached::new(model, alias);
            let value = reached.value(None, field)?;
            let values: Vec<&Value> = values.iter().filter(|value| can_hold(model, field.field, value)).collect();
            if values.is_empty() && !include_null {
                return Ok(Expr::Literal(Literal::Boolean(false)));
            }
            let matches = match matching {
                _ if values.is_empty() => Expr::Literal(Literal::Boolean(false)),
                Matching::Equals => Expr::InList {
                    expr: Box::new(value.clone()),
                    list: values.iter().map(|value| Expr::Literal((*value).into())).collect(),
                    negated: false,
                },
                Matching::StartsWith => Expr::any(
                    values
                        .iter()
                        .map(|prefix| {
                            Expr::call(functions::starts_with(), vec![value.clone(), Expr::Literal((*prefix).into())])
                        })
                        .collect(),
                ),
            };
            let admitted = reached.exists(matches, false)?;
            if *include_null {
                // Null, or nothing reached at all: no row of the path holds a value.
                Expr::Any(vec![admitted, reached.exists(value.is_not_null(), true)?])
            } else {
                admitted
            }
        }
    })
}

/// What the field's column cannot hold equals none of its values; an engine that compared them all the same might fail.
fn can_hold(model: &CheckedModel, field: FieldId, value: &Value) -> bool {
    let field = model.field(field);
    let FieldKind::Dimension(dimension) = &field.kind else { return true };
    let table = model.view(field.view).source.table();
    let column =
        table.zip(dimension.bare_column.as_ref()).and_then(|(table, column)| model.catalog.column(table, column));
    match (column.map(|column| column.column_type), value) {
        (Some(ColumnType::Integer), Value::Number(number)) => number.is_integer() && number.fits_decimal(20, 0),
        (Some(ColumnType::Decimal { precision, scale }), Value::Number(number)) => {
            number.fits_decimal(precision, scale)
        }
        _ => true,
    }
}

/// The tables that a rule reaches from the governed row, over to-one relationships.
struct Reached<'m> {
    model: &'m CheckedModel,
    alias: Ident,
    nodes: Vec<(Option<usize>, Step, Ident)>,
}

impl<'m> Reached<'m> {
    fn new(model: &'m CheckedModel, alias: &Ident) -> Self {
        Self { model, alias: alias.clone(), nodes: Vec::new() }
    }

    fn alias(&self, node: Option<usize>) -> Ident {
        node.and_then(|index| self.nodes.get(index)).map_or_else(|| self.alias.clone(), |(_, _, alias)| alias.clone())
    }

    fn step(&mut self, from: Option<usize>, step: Step) -> usize {
        let known = self.nodes.iter().position(|(parent, known, _)| *parent == from && *known == step);
        known.unwrap_or_else(|| {
            self.nodes.push((from, step, Ident::fresh("r", self.nodes.len() + 1)));
            self.nodes.len() - 1
        })
    }

    /// The raw value of a field, reached from `node`.
    fn value(&mut self, node: Option<usize>, path: &FieldPath) -> Result<Condition, Refusal> {
        let node = path.steps.iter().fold(node, |node, step| Some(self.step(node, *step)));
        let alias = self.alias(node);
        let model = self.model;
        let FieldKind::Dimension(dimension) = &model.field(path.field).kind else {
            return Err(Refusal::internal("a row rule names a measure"));
        };
        bind(&dimension.expr, &mut |reference| match reference {
            ModelRef::Column(column) => Ok(Expr::Column(ColumnRef { relation: alias.clone(), column: column.clone() })),
            ModelRef::Field(inner) => self.value(node, inner),
        })
    }

    /// `EXISTS` over the reached tables with `condition`; the condition itself when none was reached.
    fn exists(&self, condition: Condition, negated: bool) -> Result<Condition, Refusal> {
        let mut sources = Vec::new();
        for (parent, step, alias) in &self.nodes {
            let reached = self.model.view(self.model.target(*step)).source.table();
            let table = reached.ok_or_else(|| Refusal::internal("a row rule reaches a query"))?;
            let relation = Relation::Named(BodySource::Table(table.clone()));
            let on = keys(self.model, *step, &self.alias(*parent), alias);
            sources.push((parent.is_none(), Source { relation, alias: alias.clone() }, on));
        }
        let is_chain = self.nodes.iter().enumerate().all(|(index, (parent, ..))| *parent == index.checked_sub(1));
        // An engine joins in the order of the text: from the end of the chain, where the condition leaves few rows.
        if is_chain {
            sources.reverse();
        }
        let mut sources = sources.into_iter();
        let Some((_, first, first_on)) = sources.next() else {
            return Ok(if negated { Expr::Not(Box::new(condition)) } else { condition });
        };
        let mut conditions = Vec::new();
        let mut joins = Vec::new();
        // Of a chain in this order, what joins a table to the next one is the condition of the next one.
        let mut pending = first_on;
        for (correlated, source, on) in sources {
            let on = match is_chain {
                true => std::mem::replace(&mut pending, on),
                // What hangs on the governed row itself is correlated, and so stands in WHERE.
                false if correlated => {
                    conditions.push(on);
                    Expr::Literal(Literal::Boolean(true))
                }
                false => on,
            };
            joins.push(Join { kind: JoinKind::Inner, source, inner: Vec::new(), on });
        }
        conditions.insert(0, pending);
        conditions.push(condition);
        let mut select = Select::from(first.relation, first.alias);
        select.items =
            vec![SelectItem { expr: Expr::Literal(Literal::Number(1.into())), alias: Ident::fresh("one", 1) }];
        select.joins = joins;
        select.filter = Some(Expr::all(conditions));
        Ok(Expr::Exists { query: Box::new(select.into()), negated })
    }
}

/// The key equalities of one step; raw on both sides.
fn keys(model: &CheckedModel, step: Step, from: &Ident, to: &Ident) -> Condition {
    let relationship = model.relationship(step.relationship);
    let equal = |(left, right): &(FieldId, FieldId)| {
        let (near, far) = if step.backward { (*right, *left) } else { (*left, *right) };
        let value = |field, alias: &Ident| raw_expr(model, field, alias).unwrap_or(Expr::Literal(Literal::Null));
        Expr::binary(BinaryOp::Equal, value(near, from), value(far, to))
    };
    Expr::all(relationship.keys.iter().map(equal).collect())
}

/// In the place of a rule on a field that the person may not see.
pub(crate) fn unseen_rule(to: Address) -> String {
    format!("rows limited by a rule {} may not see", to.subject())
}

/// The words of a relation's rule, as this person may read them.
pub(crate) fn governed_by(model: &CheckedModel, scope: &DataScope<'_>, view: ViewId, rule: &RowRule) -> GovernedBy {
    let relation = model.view(view).name.clone();
    if may_read(scope, rule) {
        GovernedBy { relation, rule: rule_text(model, rule), because: because(rule) }
    } else {
        GovernedBy { relation, rule: unseen_rule(scope.address()), because: String::new() }
    }
}

/// What a reader of the shown SQL learns of each condition of a governed relation.
pub(crate) fn labels(model: &CheckedModel, scope: &DataScope<'_>, rules: &[(ViewId, RowRule)]) -> Vec<String> {
    rules.iter().map(|(view, rule)| governed_by(model, scope, *view, rule).rule).collect()
}

fn may_read(scope: &DataScope<'_>, rule: &RowRule) -> bool {
    match rule {
        RowRule::Test { field, .. } => may_follow(scope, field),
        RowRule::Any(rules) | RowRule::All(rules) => rules.iter().all(|rule| may_read(scope, rule)),
        RowRule::Never { .. } => true,
    }
}

/// The field is visible, and so is everything on the way to it and to what it is computed from.
fn may_follow(scope: &DataScope<'_>, path: &FieldPath) -> bool {
    let model = scope.model();
    let is_visible = |field: FieldId| scope.field(field) == FieldState::Visible;
    let is_open = |step: &Step| matches!(scope.relation(model.target(*step)), RelationState::Open(_));
    let keys = |step: &Step| model.relationship(step.relationship).keys.iter().flat_map(|(near, far)| [*near, *far]);
    if !is_visible(path.field) || !path.steps.iter().all(|step| is_open(step) && keys(step).all(is_visible)) {
        return false;
    }
    let FieldKind::Dimension(dimension) = &model.field(path.field).kind else { return false };
    let mut all = true;
    dimension.expr.for_each_column(&mut |read| {
        if let ModelRef::Field(path) = read {
            all &= may_follow(scope, path);
        }
    });
    all
}

fn because(rule: &RowRule) -> String {
    match rule {
        RowRule::Test { because, .. } | RowRule::Never { because } => because.clone(),
        RowRule::Any(rules) | RowRule::All(rules) => {
            let mut parts: Vec<String> = rules.iter().map(because).collect();
            parts.dedup();
            parts.join("; ")
        }
    }
}
