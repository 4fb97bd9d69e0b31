use crate::checked::{Cardinality, Relationship, Step};
use crate::{RelationshipId, ViewId};
use std::collections::{BTreeMap, BTreeSet};

/// The relationships as a graph.
#[derive(Default)]
pub(super) struct Paths {
    /// Where a row leads to at most one row.
    to_one: BTreeMap<ViewId, Vec<(Step, ViewId)>>,
    /// Where it leads to at most one row from.
    to_one_sources: BTreeMap<ViewId, BTreeSet<ViewId>>,
    neighbours: BTreeMap<ViewId, BTreeSet<ViewId>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NoPath {
    None,
    /// Two of the ways.
    Ambiguous(Vec<Step>, Vec<Step>),
    /// More ways than a person could tell apart.
    TooMany,
}

/// Steps of a search before it gives up; far above any model that a person can read.
const MAX_STEPS: usize = 10_000;

impl Paths {
    pub(super) fn add(&mut self, relationship: &Relationship) {
        let Relationship { id, from, to, cardinality, .. } = relationship;
        self.neighbours.entry(*from).or_default().insert(*to);
        self.neighbours.entry(*to).or_default().insert(*from);
        if matches!(cardinality, Cardinality::ManyToOne | Cardinality::OneToOne) {
            self.add_to_one(*id, *from, *to, false);
        }
        if matches!(cardinality, Cardinality::OneToMany | Cardinality::OneToOne) {
            self.add_to_one(*id, *to, *from, true);
        }
    }

    fn add_to_one(&mut self, relationship: RelationshipId, from: ViewId, to: ViewId, backward: bool) {
        self.to_one.entry(from).or_default().push((Step { relationship, backward }, to));
        self.to_one_sources.entry(to).or_default().insert(from);
    }

    /// The way over to-one relationships that a reference means: a direct one, else the only one.
    pub(super) fn to_one(&self, from: ViewId, to: ViewId) -> Result<Vec<Step>, NoPath> {
        let mut direct = self.steps(from).iter().filter(|(_, target)| *target == to).map(|(step, _)| vec![*step]);
        match (direct.next(), direct.next()) {
            (Some(only), None) => return Ok(only),
            (Some(first), Some(second)) => return Err(NoPath::Ambiguous(first, second)),
            (None, _) => {}
        }
        let mut search =
            Search { paths: self, to, leading: self.leading_to(to), found: Vec::new(), steps_left: MAX_STEPS };
        search.walk(from, &mut vec![from], &mut Vec::new());
        if search.steps_left == 0 {
            return Err(NoPath::TooMany);
        }
        let mut found = search.found.into_iter();
        match (found.next(), found.next()) {
            (None, _) => Err(NoPath::None),
            (Some(only), None) => Ok(only),
            (Some(first), Some(second)) => Err(NoPath::Ambiguous(first, second)),
        }
    }

    fn steps(&self, from: ViewId) -> &[(Step, ViewId)] {
        self.to_one.get(&from).map(Vec::as_slice).unwrap_or_default()
    }

    /// The views from which `to` can be reached over to-one relationships.
    fn leading_to(&self, to: ViewId) -> BTreeSet<ViewId> {
        reach(to, &self.to_one_sources)
    }

    /// Declared relationships lead from one to the other, in whatever direction.
    pub(super) fn are_connected(&self, one: ViewId, other: ViewId) -> bool {
        reach(one, &self.neighbours).contains(&other)
    }
}

fn reach(start: ViewId, edges: &BTreeMap<ViewId, BTreeSet<ViewId>>) -> BTreeSet<ViewId> {
    let mut reached = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(view) = waiting.pop() {
        for next in edges.get(&view).into_iter().flatten() {
            if reached.insert(*next) {
                waiting.push(*next);
            }
        }
    }
    reached
}

/// A search for two ways that visit no view twice.
struct Search<'p> {
    paths: &'p Paths,
    to: ViewId,
    leading: BTreeSet<ViewId>,
    found: Vec<Vec<Step>>,
    steps_left: usize,
}

impl Search<'_> {
    fn walk(&mut self, view: ViewId, visited: &mut Vec<ViewId>, steps: &mut Vec<Step>) {
        if view == self.to {
            self.found.push(steps.clone());
            return;
        }
        for (step, next) in self.paths.steps(view) {
            if self.found.len() >= 2 || self.steps_left == 0 {
                return;
            }
            self.steps_left -= 1;
            if !visited.contains(next) && self.leading.contains(next) {
                visited.push(*next);
                steps.push(*step);
                self.walk(*next, visited, steps);
                steps.pop();
                visited.pop();
            }
        }
    }
}
