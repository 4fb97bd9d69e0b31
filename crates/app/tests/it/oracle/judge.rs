//! The rules of a world, decided a second time and as plainly as possible: what is open, which rows remain, what a mask
//! leaves. Nothing here calls the product.
use super::world::{Access, AttributeRule, Condition, Formula, Mask, Person, Required, Rule, World};
use crate::fixture::{Cell, Column, Row, Table};

pub(crate) const MASK_KEY: &str = "oracle-mask-key";

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Seen {
    Visible,
    Masked,
    Hidden,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Door {
    Absent,
    /// An attribute that every way in needs is missing.
    Closed,
    Open,
}

pub(crate) struct Judge<'w> {
    pub(crate) world: &'w World,
    pub(crate) person: &'w Person,
}

impl<'w> Judge<'w> {
    pub(crate) fn new(world: &'w World, person: &'w Person) -> Self {
        Self { world, person }
    }

    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Attribute { attribute, allowed } => self.person.attributes[*attribute]
                .as_ref()
                .is_some_and(|values| values.iter().any(|value| allowed.contains(value))),
            Condition::Group(group) => self.person.groups.contains(group),
            Condition::Any(conditions) => conditions.iter().any(|condition| self.holds(condition)),
            Condition::All(conditions) => conditions.iter().all(|condition| self.holds(condition)),
        }
    }

    fn meets(&self, required: &[Required]) -> bool {
        required.iter().all(|any| any.iter().any(|grant| self.holds(&self.world.grants[*grant].condition)))
    }

    fn values(&self, rule: &AttributeRule) -> &[Cell] {
        self.person.attributes[rule.attribute].as_deref().unwrap_or_default()
    }

    fn is_unfiltered(&self, rule: &AttributeRule) -> bool {
        self.values(rule).iter().any(|value| rule.unfiltered.contains(value))
    }

    /// The values that the field is compared with. Every text starts with nothing, so nothing is no prefix.
    fn compared(&self, rule: &AttributeRule) -> Vec<&Cell> {
        self.values(rule).iter().filter(|value| !(rule.starts_with && **value == Cell::text(""))).collect()
    }

    /// Whether a rule lets rows through, or none because grants are missing, or none because an attribute is.
    fn rule_door(&self, rule: &Rule) -> Door {
        match rule {
            Rule::Attribute(rule) if self.is_unfiltered(rule) || !self.compared(rule).is_empty() => Door::Open,
            Rule::Attribute(_) => Door::Closed,
            Rule::Grant(grant) if self.holds(&self.world.grants[*grant].condition) => Door::Open,
            Rule::Grant(_) => Door::Absent,
            Rule::Any(rules) => {
                let doors: Vec<Door> = rules.iter().map(|rule| self.rule_door(rule)).collect();
                [Door::Open, Door::Closed].into_iter().find(|door| doors.contains(door)).unwrap_or(Door::Absent)
            }
        }
    }

    fn admits(&self, rule: &Rule, row: &Row) -> bool {
        match rule {
            Rule::Grant(grant) => self.holds(&self.world.grants[*grant].condition),
            Rule::Any(rules) => rules.iter().any(|rule| self.admits(rule, row)),
            Rule::Attribute(rule) if self.is_unfiltered(rule) => true,
            Rule::Attribute(rule) => {
                let compared = self.compared(rule);
                match &self.ruled_cell(rule, row) {
                    Cell::Null => rule.include_null && !compared.is_empty(),
                    Cell::Text(text) if rule.starts_with => compared
                        .iter()
                        .any(|value| matches!(value, Cell::Text(prefix) if text.starts_with(prefix.as_str()))),
                    field => compared.contains(&field),
                }
            }
        }
    }

    /// Rules read what is stored, also where the person sees a mask, or nothing.
    fn ruled_cell(&self, rule: &AttributeRule, row: &Row) -> Cell {
        match rule.through {
            None => row[rule.column].clone(),
            Some(link) => {
                let target = self.world.links[link].to;
                let raw = &self.world.table_of(target).rows;
                self.world.linked(link, row, raw).map_or(Cell::Null, |row| row[rule.column].clone())
            }
        }
    }

    pub(crate) fn door(&self, view: usize) -> Door {
        match &self.world.views[view].access {
            Access::Nothing => Door::Absent,
            Access::Everyone => Door::Open,
            Access::Rules { required, .. } if !self.meets(required) => Door::Absent,
            Access::Rules { filters, .. } if filters.iter().any(|rule| self.rule_door(rule) == Door::Closed) => {
                Door::Closed
            }
            Access::Rules { .. } => Door::Open,
        }
    }

    pub(crate) fn admits_row(&self, view: usize, row: &Row) -> bool {
        match &self.world.views[view].access {
            Access::Rules { filters, .. } => filters.iter().all(|rule| self.admits(rule, row)),
            Access::Nothing | Access::Everyone => true,
        }
    }

    /// A dimension with everything that it is computed from.
    pub(crate) fn dimension(&self, view: usize, dimension: usize) -> Seen {
        let field = &self.world.views[view].dimensions[dimension];
        if !self.meets(&field.required) {
            return Seen::Hidden;
        }
        let inherited = match field.formula {
            Formula::Column(_) => Seen::Visible,
            Formula::Plus(of, _) | Formula::Level(of, _) | Formula::OrNone(of) => self.dimension(view, of),
            Formula::Through { link, dimension } => {
                let target = self.world.links[link].to;
                if self.door(target) == Door::Absent { Seen::Hidden } else { self.dimension(target, dimension) }
            }
        };
        let masked = field.mask.as_ref().is_some_and(|rule| !self.meets(&rule.unless));
        if inherited == Seen::Visible && masked { Seen::Masked } else { inherited }
    }

    /// A dimension that reads a closed view is closed with it.
    pub(crate) fn reads_closed(&self, view: usize, dimension: usize) -> bool {
        match self.world.views[view].dimensions[dimension].formula {
            Formula::Column(_) => false,
            Formula::Plus(of, _) | Formula::Level(of, _) | Formula::OrNone(of) => self.reads_closed(view, of),
            Formula::Through { link, dimension } => {
                let target = self.world.links[link].to;
                self.door(target) == Door::Closed || self.reads_closed(target, dimension)
            }
        }
    }

    pub(crate) fn measure_is_visible(&self, view: usize, measure: usize) -> bool {
        use super::world::Aggregate as A;
        let field = &self.world.views[view].measures[measure];
        let dimension = |dimension: usize| self.dimension(view, dimension) != Seen::Hidden;
        self.meets(&field.required)
            && field.only.as_ref().is_none_or(|(of, _)| dimension(*of))
            && match field.aggregate {
                A::Count => true,
                A::CountDistinct(of) | A::Sum(of) | A::Average(of) | A::Min(of) | A::Max(of) | A::Median(of) => {
                    dimension(of)
                }
                A::Ratio(over, under) => self.measure_is_visible(view, over) && self.measure_is_visible(view, under),
            }
    }

    /// A physical column as raw SQL meets it: with the dimensions that are this column; without one, by its readers.
    pub(crate) fn column(&self, table: usize, column: usize) -> Seen {
        let views = || self.world.views.iter().enumerate().filter(|(_, view)| view.table == table);
        let dimensions = |wanted: &dyn Fn(&Formula) -> bool| -> Vec<Seen> {
            views()
                .flat_map(|(id, view)| (0..view.dimensions.len()).map(move |dimension| (id, dimension)))
                .filter(|(view, dimension)| wanted(&self.world.views[*view].dimensions[*dimension].formula))
                .map(|(view, dimension)| self.dimension(view, dimension))
                .collect()
        };
        // Only bare dimensions read a column directly in these worlds: a column without one has no reader.
        let bare = dimensions(&|formula| matches!(formula, Formula::Column(of) if *of == column));
        if bare.is_empty() || bare.contains(&Seen::Hidden) {
            Seen::Hidden
        } else if bare.contains(&Seen::Masked) {
            Seen::Masked
        } else {
            Seen::Visible
        }
    }

    pub(crate) fn table_door(&self, table: usize) -> Door {
        let doors: Vec<Door> = (0..self.world.views.len())
            .filter(|view| self.world.views[*view].table == table)
            .map(|view| self.door(view))
            .collect();
        if doors.is_empty() || doors.contains(&Door::Absent) {
            Door::Absent
        } else if doors.contains(&Door::Closed) {
            Door::Closed
        } else {
            Door::Open
        }
    }

    /// The rows that this person may see of a table, whole: nothing masked, nothing taken away.
    pub(crate) fn admitted_by_table(&self, table: usize) -> Vec<bool> {
        let views: Vec<usize> =
            (0..self.world.views.len()).filter(|view| self.world.views[*view].table == table).collect();
        self.world.tables[table].rows.iter().map(|row| views.iter().all(|view| self.admits_row(*view, row))).collect()
    }

    fn masked_cell(&self, mask: &Mask, cell: &Cell) -> Cell {
        match (mask, cell) {
            (Mask::Null, _) => Cell::Null,
            (Mask::Constant(constant), _) => constant.clone(),
            (Mask::Last4 | Mask::Hash, Cell::Null) => Cell::Null,
            (Mask::Last4, Cell::Text(text)) => {
                let count = text.chars().count();
                let tail: String = if count <= 8 { String::new() } else { text.chars().skip(count - 4).collect() };
                Cell::text(format!("••••{tail}"))
            }
            (Mask::Hash, Cell::Text(text)) => {
                let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, MASK_KEY.as_bytes());
                let tag = aws_lc_rs::hmac::sign(&key, text.as_bytes());
                Cell::text(tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
            }
            (Mask::Last4 | Mask::Hash, other) => panic!("texts alone are masked this way, not {other}"),
        }
    }

    /// The mask that replaces a column's values in this view, if it applies to this person.
    fn column_mask(&self, view: usize, column: usize) -> Option<&'w Mask> {
        self.world.views[view]
            .dimensions
            .iter()
            .filter(|dimension| matches!(dimension.formula, Formula::Column(of) if of == column))
            .filter_map(|dimension| dimension.mask.as_ref())
            .find(|rule| !self.meets(&rule.unless))
            .map(|rule| &rule.mask)
    }

    fn masked_row(&self, view: usize, row: &Row) -> Row {
        row.iter()
            .enumerate()
            .map(|(column, cell)| {
                self.column_mask(view, column).map_or_else(|| cell.clone(), |mask| self.masked_cell(mask, cell))
            })
            .collect()
    }

    /// The view's rows as this person may see them: hidden rows gone, masked values in place. All columns.
    pub(crate) fn visible_rows(&self, view: usize) -> Vec<Row> {
        let rows = &self.world.table_of(view).rows;
        rows.iter().filter(|row| self.admits_row(view, row)).map(|row| self.masked_row(view, row)).collect()
    }

    /// The physical table as this person may see it in raw SQL: without hidden columns.
    pub(crate) fn visible_table(&self, table: usize) -> Table {
        let whole = &self.world.tables[table];
        let view = self
            .world
            .views
            .iter()
            .position(|view| view.table == table)
            .expect("only tables with a view are asked for");
        let keep: Vec<usize> =
            (0..whole.columns.len()).filter(|column| self.column(table, *column) != Seen::Hidden).collect();
        let columns: Vec<Column> = keep.iter().map(|column| whole.columns[*column].clone()).collect();
        let rows = whole
            .rows
            .iter()
            .zip(self.admitted_by_table(table))
            .filter(|(_, admitted)| *admitted)
            .map(|(row, _)| {
                let masked = self.masked_row(view, row);
                keep.iter().map(|column| masked[*column].clone()).collect()
            })
            .collect();
        Table { schema: whole.schema.clone(), name: whole.name.clone(), columns, rows }
    }
}
