//! DataFusion's dialect. Every node that has operands is in parentheses, so that no precedence is relied upon; tokens are
//! apart by white space, so that two of them never become a third (`- -1` is no comment).
use super::{PrintRelation, SqlText, literal};
use crate::{
    functions::Function,
    tree::{
        BinaryOp, CastType, ColumnRef, Cte, Expr, Ident, Join, JoinKind, LikeOp, Query, Relation, Select, SelectItem,
        SetBody, SortKey, Source, TimeUnit, UnaryOp, WindowSpec,
    },
};
use std::ops::Range;
use tessera_base::TimeZone;

pub(super) fn print<R: PrintRelation>(query: &Query<R>) -> SqlText {
    let mut printer = Printer { text: String::new(), filter_ranges: Vec::new(), depth: 0 };
    printer.query(query);
    let Printer { text, filter_ranges, depth: _ } = printer;
    SqlText { text, filter_ranges }
}

/// The condition and the result of a WHEN.
type Branch<R> = (Expr<ColumnRef, R>, Expr<ColumnRef, R>);

/// A chain of connectives parses to a tree as deep as it is long; a longer one is printed as a balanced tree.
const WIDEST_CHAIN: usize = 100;

struct Printer {
    text: String,
    filter_ranges: Vec<Range<usize>>,
    /// 0 in the outermost query.
    depth: usize,
}

impl Printer {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn separated<T>(
        &mut self,
        separator: &str,
        items: impl IntoIterator<Item = T>,
        mut print: impl FnMut(&mut Self, T),
    ) {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.put(separator);
            }
            print(self, item);
        }
    }

    fn parenthesised(&mut self, inside: impl FnOnce(&mut Self)) {
        self.put("(");
        inside(self);
        self.put(")");
    }

    fn ident(&mut self, ident: &Ident) {
        self.put("\"");
        self.text.push_str(&ident.as_str().replace('"', "\"\""));
        self.put("\"");
    }

    /// Each clause stands on a line of its own, as deep as its query: people read these texts.
    fn clause(&mut self, words: &str) {
        self.put("\n");
        for _ in 0..self.depth {
            self.put("  ");
        }
        self.put(words);
    }

    fn subquery<R: PrintRelation>(&mut self, query: &Query<R>) {
        self.depth += 1;
        self.parenthesised(|printer| printer.query(query));
        self.depth -= 1;
    }

    fn query<R: PrintRelation>(&mut self, query: &Query<R>) {
        let Query { ctes, body, order_by, limit } = query;
        if !ctes.is_empty() {
            self.put("WITH ");
            self.separated(", ", ctes, |printer, Cte { name, query }| {
                printer.ident(name);
                printer.put(" AS ");
                printer.subquery(query);
            });
            self.clause("");
        }
        match body {
            SetBody::Select(select) => self.select(select),
            SetBody::UnionAll(selects) => {
                for (index, select) in selects.iter().enumerate() {
                    if index > 0 {
                        self.clause("UNION ALL");
                        self.clause("");
                    }
                    self.select(select);
                }
            }
        }
        if !order_by.is_empty() {
            self.clause("");
            self.order_by("ORDER BY ", order_by);
        }
        if let Some(limit) = limit {
            self.clause(&format!("LIMIT {limit}"));
        }
    }

    fn select<R: PrintRelation>(&mut self, select: &Select<R>) {
        let Select { distinct, items, from, joins, filter, group_by, having } = select;
        self.put(if *distinct { "SELECT DISTINCT " } else { "SELECT " });
        self.separated(", ", items, |printer, SelectItem { expr, alias }| {
            printer.expr(expr);
            printer.put(" AS ");
            printer.ident(alias);
        });
        if let Some(source) = from {
            self.clause("FROM ");
            self.source(source);
        }
        self.joins(joins);
        if let Some(filter) = filter {
            self.clause("WHERE ");
            self.filter(filter);
        }
        if !group_by.is_empty() {
            self.clause("GROUP BY ");
            self.separated(", ", group_by, Self::expr);
        }
        if let Some(having) = having {
            self.clause("HAVING ");
            self.expr(having);
        }
    }

    fn joins<R: PrintRelation>(&mut self, joins: &[Join<R>]) {
        for Join { kind, source, inner, on } in joins {
            self.clause(match kind {
                JoinKind::Inner => "INNER JOIN ",
                JoinKind::Left => "LEFT JOIN ",
                JoinKind::Full => "FULL JOIN ",
            });
            if inner.is_empty() {
                self.source(source);
            } else {
                self.put("(");
                self.depth += 1;
                self.source(source);
                self.joins(inner);
                self.depth -= 1;
                self.put(")");
            }
            self.put(" ON ");
            self.expr(on);
        }
    }

    /// The conjuncts, without parentheses around them, and where those of the outermost query stand.
    fn filter<R: PrintRelation>(&mut self, filter: &Expr<ColumnRef, R>) {
        let conjuncts = match filter {
            Expr::All(exprs) if (1..=WIDEST_CHAIN).contains(&exprs.len()) => exprs.as_slice(),
            other => std::slice::from_ref(other),
        };
        self.separated(" AND ", conjuncts, |printer, conjunct| {
            let start = printer.text.len();
            printer.expr(conjunct);
            if printer.depth == 0 {
                printer.filter_ranges.push(start..printer.text.len());
            }
        });
    }

    fn source<R: PrintRelation>(&mut self, source: &Source<R>) {
        let Source { relation, alias } = source;
        match relation {
            Relation::Named(named) => self.separated(".", named.path(), Self::ident),
            Relation::Cte(name) => self.ident(name),
            Relation::Sub(query) => self.subquery(query),
        }
        self.put(" AS ");
        self.ident(alias);
    }

    fn order_by<R: PrintRelation>(&mut self, introduction: &str, keys: &[SortKey<ColumnRef, R>]) {
        if keys.is_empty() {
            return;
        }
        self.put(introduction);
        self.separated(", ", keys, |printer, SortKey { expr, descending, nulls_first }| {
            printer.expr(expr);
            printer.put(if *descending { " DESC" } else { " ASC" });
            printer.put(if *nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
        });
    }

    fn expr<R: PrintRelation>(&mut self, expr: &Expr<ColumnRef, R>) {
        match expr {
            Expr::Column(ColumnRef { relation, column }) => {
                self.ident(relation);
                self.put(".");
                self.ident(column);
            }
            Expr::Literal(value) => self.put(&literal::literal(value)),
            Expr::Unary { op, expr } => self.parenthesised(|printer| {
                printer.put(match op {
                    UnaryOp::Minus => "- ",
                    UnaryOp::Plus => "+ ",
                });
                printer.expr(expr);
            }),
            Expr::Binary { op: BinaryOp::Divide, left, right } => self.parenthesised(|printer| {
                printer.double(left);
                printer.put(" / NULLIF(");
                printer.double(right);
                printer.put(", 0)");
            }),
            Expr::Binary { op: BinaryOp::Modulo, left, right } => self.parenthesised(|printer| {
                printer.expr(left);
                printer.put(" % NULLIF(");
                printer.expr(right);
                printer.put(", 0)");
            }),
            Expr::Binary { op, left, right } => self.infix(left, binary(*op), right),
            Expr::All(exprs) => self.connected(" AND ", exprs, "TRUE"),
            Expr::Any(exprs) => self.connected(" OR ", exprs, "FALSE"),
            Expr::Not(expr) => self.parenthesised(|printer| {
                printer.put("NOT ");
                printer.expr(expr);
            }),
            Expr::IsNull { expr, negated } => self.postfix(expr, if *negated { " IS NOT NULL" } else { " IS NULL" }),
            Expr::IsTrue { expr, negated } => self.postfix(expr, if *negated { " IS NOT TRUE" } else { " IS TRUE" }),
            Expr::Between { expr, low, high, negated } => self.parenthesised(|printer| {
                printer.expr(expr);
                printer.put(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
                printer.expr(low);
                printer.put(" AND ");
                printer.expr(high);
            }),
            Expr::InList { expr: _, list, negated } if list.is_empty() => {
                self.put(if *negated { "TRUE" } else { "FALSE" })
            }
            Expr::InList { expr, list, negated } => self.parenthesised(|printer| {
                printer.expr(expr);
                printer.put(if *negated { " NOT IN " } else { " IN " });
                printer.parenthesised(|printer| printer.separated(", ", list, Self::expr));
            }),
            Expr::Like { op, expr, pattern, negated } => self.infix(
                expr,
                match (op, negated) {
                    (LikeOp::Like, false) => "LIKE",
                    (LikeOp::Like, true) => "NOT LIKE",
                    (LikeOp::ILike, false) => "ILIKE",
                    (LikeOp::ILike, true) => "NOT ILIKE",
                },
                pattern,
            ),
            Expr::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            Expr::Cast { expr, to, try_ } => {
                self.put(if *try_ { "TRY_CAST(" } else { "CAST(" });
                self.expr(expr);
                self.put(" AS ");
                self.put(&cast_type(*to));
                self.put(")");
            }
            Expr::Function { function, args, distinct, filter, order_by, over } => {
                self.function(function, args, *distinct, order_by);
                self.aggregate_filter(filter.as_deref());
                if let Some(WindowSpec { partition_by, order_by }) = over {
                    self.put(" OVER ");
                    self.parenthesised(|printer| printer.window(partition_by, order_by));
                }
            }
            Expr::CountRows { filter } => {
                self.put("count(*)");
                self.aggregate_filter(filter.as_deref());
            }
            Expr::Extract { unit, expr } => {
                self.put(&format!("date_part('{}', ", part(*unit)));
                self.expr(expr);
                self.put(")");
            }
            Expr::ConvertZone { expr, from, to } => self.convert_zone(expr, *from, *to),
            Expr::Exists { query, negated } => self.parenthesised(|printer| {
                printer.put(if *negated { "NOT EXISTS " } else { "EXISTS " });
                printer.subquery(query);
            }),
            Expr::InQuery { expr, query, negated } => self.parenthesised(|printer| {
                printer.expr(expr);
                printer.put(if *negated { " NOT IN " } else { " IN " });
                printer.subquery(query);
            }),
            Expr::Scalar(query) => self.subquery(query),
        }
    }

    fn double<R: PrintRelation>(&mut self, expr: &Expr<ColumnRef, R>) {
        self.put("CAST(");
        self.expr(expr);
        self.put(" AS DOUBLE)");
    }

    fn infix<R: PrintRelation>(&mut self, left: &Expr<ColumnRef, R>, op: &str, right: &Expr<ColumnRef, R>) {
        self.parenthesised(|printer| {
            printer.expr(left);
            printer.put(" ");
            printer.put(op);
            printer.put(" ");
            printer.expr(right);
        });
    }

    fn postfix<R: PrintRelation>(&mut self, expr: &Expr<ColumnRef, R>, words: &str) {
        self.parenthesised(|printer| {
            printer.expr(expr);
            printer.put(words);
        });
    }

    fn connected<R: PrintRelation>(&mut self, connective: &str, exprs: &[Expr<ColumnRef, R>], when_empty: &str) {
        match exprs {
            [] => self.put(when_empty),
            [one] => self.expr(one),
            several if several.len() > WIDEST_CHAIN => self.parenthesised(|printer| {
                let (left, right) = several.split_at(several.len() / 2);
                printer.connected(connective, left, when_empty);
                printer.put(connective);
                printer.connected(connective, right, when_empty);
            }),
            several => self.parenthesised(|printer| printer.separated(connective, several, Self::expr)),
        }
    }

    fn case<R: PrintRelation>(
        &mut self,
        operand: Option<&Expr<ColumnRef, R>>,
        branches: &[Branch<R>],
        otherwise: Option<&Expr<ColumnRef, R>>,
    ) {
        self.put("CASE");
        if let Some(operand) = operand {
            self.put(" ");
            self.expr(operand);
        }
        for (when, then) in branches {
            self.put(" WHEN ");
            self.expr(when);
            self.put(" THEN ");
            self.expr(then);
        }
        if let Some(otherwise) = otherwise {
            self.put(" ELSE ");
            self.expr(otherwise);
        }
        self.put(" END");
    }

    fn function<R: PrintRelation>(
        &mut self,
        function: &Function,
        args: &[Expr<ColumnRef, R>],
        distinct: bool,
        order_by: &[SortKey<ColumnRef, R>],
    ) {
        // The grammar has special forms of these names, which are not lists of arguments.
        let quote = if matches!(function.name, "ceil" | "floor" | "overlay") { "\"" } else { "" };
        self.put(quote);
        self.put(function.name);
        self.put(quote);
        self.parenthesised(|printer| {
            if distinct {
                printer.put("DISTINCT ");
            }
            printer.separated(", ", args, Self::expr);
            printer.order_by(" ORDER BY ", order_by);
        });
    }

    fn aggregate_filter<R: PrintRelation>(&mut self, filter: Option<&Expr<ColumnRef, R>>) {
        if let Some(filter) = filter {
            self.put(" FILTER (WHERE ");
            self.expr(filter);
            self.put(")");
        }
    }

    fn window<R: PrintRelation>(&mut self, partition_by: &[Expr<ColumnRef, R>], order_by: &[SortKey<ColumnRef, R>]) {
        if !partition_by.is_empty() {
            self.put("PARTITION BY ");
            self.separated(", ", partition_by, Self::expr);
        }
        self.order_by(if partition_by.is_empty() { "ORDER BY " } else { " ORDER BY " }, order_by);
    }

    fn convert_zone<R: PrintRelation>(&mut self, expr: &Expr<ColumnRef, R>, from: TimeZone, to: TimeZone) {
        if from == to {
            return self.expr(expr);
        }
        self.put("to_local_time(arrow_cast(");
        self.instant(expr, from);
        self.put(&format!(", '{}'))", instant_type(to)));
    }

    /// A naive time of `zone` as an instant. Twice a year a local time is missing or comes twice, and the cast gives null:
    /// then the zone's offset of the day before counts, so that a doubled time is its first occurrence and a missing one is
    /// as much later as the clock was put forward.
    fn instant<R: PrintRelation>(&mut self, expr: &Expr<ColumnRef, R>, zone: TimeZone) {
        let to = instant_type(zone);
        if zone == TimeZone::UTC {
            self.put("arrow_cast(");
            self.expr(expr);
            return self.put(&format!(", '{to}')"));
        }
        self.put("coalesce(arrow_try_cast(");
        self.expr(expr);
        self.put(&format!(", '{to}'), (arrow_try_cast(("));
        self.expr(expr);
        self.put(&format!(" - INTERVAL '24 hours'), '{to}') + INTERVAL '24 hours'))"));
    }
}

/// In microseconds, whose range no calendar leaves.
fn instant_type(zone: TimeZone) -> String {
    format!("Timestamp(Microsecond, Some(\"{}\"))", zone.name())
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Plus => "+",
        BinaryOp::Minus => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::Equal => "=",
        BinaryOp::NotEqual => "<>",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::IsDistinctFrom => "IS DISTINCT FROM",
        BinaryOp::IsNotDistinctFrom => "IS NOT DISTINCT FROM",
        BinaryOp::Concat => "||",
    }
}

fn part(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "second",
        TimeUnit::Minute => "minute",
        TimeUnit::Hour => "hour",
        TimeUnit::Day => "day",
        TimeUnit::Week => "week",
        TimeUnit::Month => "month",
        TimeUnit::Quarter => "quarter",
        TimeUnit::Year => "year",
        TimeUnit::IsoDayOfWeek => "isodow",
        TimeUnit::DayOfYear => "doy",
    }
}

fn cast_type(to: CastType) -> String {
    match to {
        CastType::Boolean => "BOOLEAN".to_owned(),
        CastType::SmallInt => "SMALLINT".to_owned(),
        CastType::Integer => "INT".to_owned(),
        CastType::BigInt => "BIGINT".to_owned(),
        CastType::Real => "REAL".to_owned(),
        CastType::Double => "DOUBLE".to_owned(),
        CastType::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
        CastType::Text => "VARCHAR".to_owned(),
        CastType::Date => "DATE".to_owned(),
        CastType::Timestamp => "TIMESTAMP".to_owned(),
    }
}
