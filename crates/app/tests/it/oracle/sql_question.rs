//! Random SQL over what a person may see, now and then over what they may not. Every statement has one answer: a limit
//! comes only with a total order, and no function depends on the order of rows.
use super::dice::Dice;
use crate::fixture::Kind;

#[derive(Clone, Debug)]
pub(crate) struct SqlQuestion {
    pub(crate) text: String,
    /// It holds an operation that may fail on some value: an engine may meet that value, or an empty relation first.
    pub(crate) partial: bool,
    /// Its rows have one order.
    pub(crate) ordered: bool,
}

/// A relation that may be named in FROM.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// As written in FROM, quoted as needed.
    pub(crate) name: String,
    pub(crate) columns: Vec<(String, Kind)>,
}

/// A column in scope: as written, and what it holds.
type Scope = Vec<(String, Kind)>;

pub(crate) struct Asker<'d> {
    pub(crate) dice: &'d mut Dice,
    /// What exists for this person; the common table expressions so far are added at the end.
    pub(crate) known: Vec<Known>,
    /// Bare physical names: common table expressions borrow them.
    pub(crate) borrowed: Vec<String>,
    /// Columns and tables that exist for others.
    pub(crate) forbidden_columns: Vec<String>,
    pub(crate) forbidden_tables: Vec<String>,
    partial: bool,
    aliases: usize,
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl<'d> Asker<'d> {
    pub(crate) fn new(
        dice: &'d mut Dice,
        known: Vec<Known>,
        borrowed: Vec<String>,
        forbidden_columns: Vec<String>,
        forbidden_tables: Vec<String>,
    ) -> Self {
        Self { dice, known, borrowed, forbidden_columns, forbidden_tables, partial: false, aliases: 0 }
    }

    pub(crate) fn throw(mut self) -> SqlQuestion {
        let mut text = String::new();
        let physical = self.known.len();
        if self.dice.percent(30) {
            text = self.common_table_expressions();
        }
        let mut width = self.dice.between(1, 3);
        let kinds: Vec<Kind> = (0..width).map(|_| self.kind()).collect();
        let body = match self.dice.below(10) {
            1 | 2 => {
                width = 2;
                self.padded()
            }
            0 => {
                let op = *self.dice.pick(&["UNION", "UNION ALL", "EXCEPT", "INTERSECT"]);
                format!("{} {op} {}", self.select(&kinds, 1), self.select(&kinds, 1))
            }
            _ => self.select(&kinds, 0),
        };
        text.push_str(&body);
        let ordered = self.dice.percent(35);
        if ordered {
            let order: Vec<String> = (1..=width).map(|position| position.to_string() + self.direction()).collect();
            text.push_str(&format!(" ORDER BY {}", order.join(", ")));
            if self.dice.percent(60) {
                text.push_str(&format!(" LIMIT {}", self.dice.between(0, 5)));
                if self.dice.percent(30) {
                    text.push_str(&format!(" OFFSET {}", self.dice.between(0, 3)));
                }
            }
        }
        self.known.truncate(physical);
        SqlQuestion { text, partial: self.partial, ordered }
    }

    fn direction(&mut self) -> &'static str {
        self.dice.pick::<&str>(&["", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"])
    }

    fn kind(&mut self) -> Kind {
        *self.dice.pick(&[Kind::Integer, Kind::Integer, Kind::Text, Kind::Text, Kind::Boolean, Kind::Double])
    }

    /// Named like physical tables, so that a name means the nearest one, and a rule's own tables stay what they are.
    fn common_table_expressions(&mut self) -> String {
        let mut parts = Vec::new();
        for _ in 0..self.dice.between(1, 2) {
            let name = if self.dice.percent(70) && !self.borrowed.is_empty() {
                self.dice.pick(&self.borrowed).clone()
            } else {
                "recent".to_owned()
            };
            if parts.iter().any(|part: &String| part.starts_with(&format!("{} AS", quoted(&name)))) {
                continue;
            }
            let kinds: Vec<Kind> = vec![Kind::Integer, self.kind()];
            let query = self.select(&kinds, 1);
            parts.push(format!("{} AS ({query})", quoted(&name)));
            // From here on the name means this.
            let hidden = [quoted(&name), name.clone()];
            self.known.retain(|known| !hidden.contains(&known.name));
            let columns = kinds.iter().enumerate().map(|(index, kind)| (format!("c{index}"), *kind)).collect();
            self.known.push(Known { name: quoted(&name), columns });
        }
        format!("WITH {} ", parts.join(", "))
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        // Aliases borrow physical names too.
        if self.dice.percent(25) && !self.borrowed.is_empty() {
            let name = self.dice.pick(&self.borrowed).clone();
            return quoted(&format!("{name}_{}", self.aliases));
        }
        format!("a{}", self.aliases)
    }

    /// A relation in FROM with its columns in scope.
    fn source(&mut self, depth: usize) -> (String, Scope) {
        let alias = self.alias();
        if !self.forbidden_tables.is_empty() && self.dice.percent(3) {
            let table = self.dice.pick(&self.forbidden_tables).clone();
            return (format!("{table} AS {alias}"), vec![(format!("{alias}.id"), Kind::Integer)]);
        }
        if self.known.is_empty() {
            return (
                format!("(VALUES (1, 'A'), (2, 'B')) AS {alias}(n, s)"),
                vec![(format!("{alias}.n"), Kind::Integer), (format!("{alias}.s"), Kind::Text)],
            );
        }
        if depth < 2 && self.dice.percent(15) {
            let kinds = [Kind::Integer, Kind::Text];
            let query = self.select(&kinds, depth + 1);
            return (
                format!("({query}) AS {alias}"),
                kinds.iter().enumerate().map(|(index, kind)| (format!("{alias}.c{index}"), *kind)).collect(),
            );
        }
        let known = self.dice.pick(&self.known).clone();
        let scope = known.columns.iter().map(|(column, kind)| (format!("{alias}.{}", quoted(column)), *kind)).collect();
        (format!("{} AS {alias}", known.name), scope)
    }

    /// A select of these kinds, its columns named `c0`, `c1`, ….
    fn select(&mut self, kinds: &[Kind], depth: usize) -> String {
        let (mut from, mut scope) = self.source(depth);
        while scope.len() < 12 && self.dice.percent(30) {
            let (source, columns) = self.source(depth);
            let join = *self.dice.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"]);
            let both: Scope = scope.iter().chain(&columns).cloned().collect();
            from = match join {
                "CROSS JOIN" => format!("{from} CROSS JOIN {source}"),
                join => {
                    let depth = if self.dice.percent(50) { 3 } else { 1 };
                    let left = self.value(&scope, Kind::Integer, depth);
                    let right = self.value(&columns, Kind::Integer, depth);
                    format!("{from} {join} {source} ON {left} = {right}")
                }
            };
            scope = both;
        }
        let filter =
            if self.dice.percent(55) { format!(" WHERE {}", self.condition(&scope, depth)) } else { String::new() };
        if self.dice.percent(35) {
            return self.grouped(kinds, &from, &filter, &scope);
        }
        let items: Vec<String> = kinds
            .iter()
            .enumerate()
            .map(|(index, kind)| format!("{} AS c{index}", self.value(&scope, *kind, 0)))
            .collect();
        let distinct = if self.dice.percent(15) { "DISTINCT " } else { "" };
        format!("SELECT {distinct}{} FROM {from}{filter}", items.join(", "))
    }

    /// A column of rows that a join fills in, by itself and as a partition: where all that one sees of it is one value, it
    /// still has two.
    fn padded(&mut self) -> String {
        let ((left, near), (right, far)) = (self.source(1), self.source(1));
        let (key, other) = (self.leaf(&near, Kind::Integer), self.leaf(&far, Kind::Integer));
        let kind = *self.dice.pick(&[Kind::Text, Kind::Integer, Kind::Text]);
        let columns = Self::columns(&far, kind);
        let column = if columns.is_empty() { other.clone() } else { self.dice.pick(&columns).clone() };
        let over = if self.dice.percent(50) { "count(*)".to_owned() } else { format!("sum({key})") };
        let tables = match self.dice.below(3) {
            0 => format!("{left} LEFT JOIN {right}"),
            1 => format!("{right} RIGHT JOIN {left}"),
            _ => format!("{left} FULL JOIN {right}"),
        };
        format!("SELECT {column} AS c0, {over} OVER (PARTITION BY {column}) AS c1 FROM {tables} ON {key} = {other}")
    }

    fn grouped(&mut self, kinds: &[Kind], from: &str, filter: &str, scope: &Scope) -> String {
        let mut groups = Vec::new();
        let items: Vec<String> = kinds
            .iter()
            .enumerate()
            .map(|(index, kind)| {
                let item = if self.dice.percent(40) {
                    let key = self.value(scope, *kind, 1);
                    groups.push((index + 1).to_string());
                    key
                } else {
                    self.aggregate(scope, *kind)
                };
                format!("{item} AS c{index}")
            })
            .collect();
        let group = if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) };
        let having =
            if self.dice.percent(20) { format!(" HAVING count(*) > {}", self.dice.below(3)) } else { String::new() };
        format!("SELECT {} FROM {from}{filter}{group}{having}", items.join(", "))
    }

    fn aggregate(&mut self, scope: &Scope, kind: Kind) -> String {
        let inner = |asker: &mut Self, kind| asker.value(scope, kind, 1);
        match kind {
            Kind::Integer => match self.dice.below(4) {
                0 => "count(*)".to_owned(),
                1 => format!("count(DISTINCT {})", inner(self, Kind::Text)),
                2 => {
                    let condition = self.condition(scope, 2);
                    format!("sum({}) FILTER (WHERE {condition})", inner(self, Kind::Integer))
                }
                _ => format!("sum({})", inner(self, Kind::Integer)),
            },
            Kind::Text => format!("{}({})", *self.dice.pick(&["min", "max"]), inner(self, Kind::Text)),
            Kind::Boolean => format!("max({}) > 1", inner(self, Kind::Integer)),
            _ => format!("avg({})", inner(self, Kind::Double)),
        }
    }

    fn columns(scope: &Scope, kind: Kind) -> Vec<String> {
        scope.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name.clone()).collect()
    }

    fn literal(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Integer => (self.dice.between(0, 9) as i64 - 3).to_string(),
            Kind::Text => {
                (*self.dice.pick(&["'A'", "'oops'", "''", "'O''Brien'", "'%'", "'\\'", "'1'", "'•••'"])).to_owned()
            }
            Kind::Boolean => (*self.dice.pick(&["true", "false"])).to_owned(),
            Kind::Date => "DATE '2026-06-01'".to_owned(),
            _ => (*self.dice.pick(&["0.5", "1.25", "-2.75"])).to_owned(),
        }
    }

    fn leaf(&mut self, scope: &Scope, kind: Kind) -> String {
        if !self.forbidden_columns.is_empty() && !scope.is_empty() && self.dice.percent(1) {
            return quoted(&self.dice.pick(&self.forbidden_columns).clone());
        }
        let columns = Self::columns(scope, kind);
        if columns.is_empty() || self.dice.percent(12) { self.literal(kind) } else { self.dice.pick(&columns).clone() }
    }

    fn value(&mut self, scope: &Scope, kind: Kind, depth: usize) -> String {
        if depth >= 3 || self.dice.percent(45) {
            return self.leaf(scope, kind);
        }
        let deeper = depth + 1;
        match kind {
            Kind::Integer => match self.dice.below(12) {
                0 => format!("({} + {})", self.value(scope, kind, deeper), self.value(scope, kind, deeper)),
                1 => format!("({} * {})", self.value(scope, kind, deeper), self.value(scope, kind, deeper)),
                2 => format!("(- {})", self.value(scope, kind, deeper)),
                3 => {
                    self.partial = true;
                    format!("({} / {})", self.value(scope, kind, deeper), self.value(scope, kind, deeper))
                }
                4 => {
                    self.partial = true;
                    format!("CAST({} AS bigint)", self.value(scope, Kind::Text, deeper))
                }
                5 => format!("TRY_CAST({} AS bigint)", self.value(scope, Kind::Text, deeper)),
                6 => format!("character_length({})", self.value(scope, Kind::Text, deeper)),
                7 => format!(
                    "CASE WHEN {} THEN {} ELSE {} END",
                    self.condition(scope, 2),
                    self.value(scope, kind, deeper),
                    self.value(scope, kind, deeper)
                ),
                8 => format!("coalesce({}, 0)", self.value(scope, kind, deeper)),
                9 if depth == 0 => self.scalar_subquery(Kind::Integer),
                10 | 11 if depth == 0 && !scope.is_empty() => self.window(scope),
                _ => self.leaf(scope, kind),
            },
            Kind::Text => match self.dice.below(6) {
                0 => format!("upper({})", self.value(scope, kind, deeper)),
                1 => format!("({} || {})", self.value(scope, kind, deeper), self.value(scope, kind, deeper)),
                2 => format!("CAST({} AS text)", self.value(scope, Kind::Integer, deeper)),
                3 => format!(
                    "CASE {} WHEN {} THEN 'x' ELSE {} END",
                    self.value(scope, kind, deeper),
                    self.literal(kind),
                    self.leaf(scope, kind)
                ),
                4 => format!("nullif({}, {})", self.value(scope, kind, deeper), self.literal(kind)),
                _ => self.leaf(scope, kind),
            },
            Kind::Boolean => self.condition(scope, 2),
            Kind::Double => match self.dice.below(3) {
                0 => format!("({} * {})", self.leaf(scope, kind), self.leaf(scope, kind)),
                1 => format!("CAST({} AS double)", self.value(scope, Kind::Integer, deeper)),
                _ => self.leaf(scope, kind),
            },
            other => self.leaf(scope, other),
        }
    }

    fn scalar_subquery(&mut self, kind: Kind) -> String {
        let (from, scope) = self.source(2);
        let aggregate = self.aggregate(&scope, kind);
        format!("(SELECT {aggregate} FROM {from})")
    }

    /// Over every row and by all that there is of it: no frame, so the order of equals cannot matter.
    fn window(&mut self, scope: &Scope) -> String {
        let value = self.leaf(scope, Kind::Integer);
        let by = self.leaf(scope, Kind::Text);
        match self.dice.below(3) {
            0 => format!("sum({value}) OVER (PARTITION BY {by})"),
            1 => format!("rank() OVER (ORDER BY {value})"),
            _ => format!("count(*) OVER (PARTITION BY {value})"),
        }
    }

    fn condition(&mut self, scope: &Scope, depth: usize) -> String {
        let compare = |asker: &mut Self| *asker.dice.pick(&["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"]);
        match self.dice.below(12) {
            0 => format!(
                "{} {} {}",
                self.value(scope, Kind::Integer, 1),
                compare(self),
                self.value(scope, Kind::Integer, 1)
            ),
            1 | 2 => format!("{} {} {}", self.leaf(scope, Kind::Text), compare(self), self.value(scope, Kind::Text, 2)),
            3 => format!("{} IS {}NULL", self.leaf(scope, Kind::Text), if self.dice.percent(50) { "NOT " } else { "" }),
            4 => format!(
                "{} IN ({}, {}, NULL)",
                self.leaf(scope, Kind::Integer),
                self.literal(Kind::Integer),
                self.literal(Kind::Integer)
            ),
            5 => format!(
                "{} NOT IN ({}, {})",
                self.leaf(scope, Kind::Text),
                self.literal(Kind::Text),
                self.literal(Kind::Text)
            ),
            6 => format!(
                "{} LIKE {}",
                self.leaf(scope, Kind::Text),
                *self.dice.pick(&["'A%'", "'%o%'", "'_'", "'%\\%'"])
            ),
            7 => format!(
                "{} BETWEEN {} AND {}",
                self.value(scope, Kind::Integer, 2),
                self.literal(Kind::Integer),
                self.literal(Kind::Integer)
            ),
            8 => format!("NOT ({})", self.condition(scope, depth + 1)),
            9 if depth < 2 => {
                let op = *self.dice.pick(&["AND", "OR"]);
                format!("({} {op} {})", self.condition(scope, depth + 1), self.condition(scope, depth + 1))
            }
            10 if depth < 2 => {
                let (from, inner) = self.source(2);
                let joined = format!("{} = {}", self.leaf(&inner, Kind::Integer), self.leaf(scope, Kind::Integer));
                format!(
                    "{}EXISTS (SELECT 1 FROM {from} WHERE {joined})",
                    if self.dice.percent(40) { "NOT " } else { "" }
                )
            }
            11 if depth < 2 => {
                let (from, inner) = self.source(2);
                format!(
                    "{} IN (SELECT {} FROM {from})",
                    self.leaf(scope, Kind::Integer),
                    self.value(&inner, Kind::Integer, 1)
                )
            }
            _ => format!("{} {} {}", self.leaf(scope, Kind::Integer), compare(self), self.leaf(scope, Kind::Integer)),
        }
    }
}
