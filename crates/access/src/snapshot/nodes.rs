use super::by_id::ById;
use crate::{Grantee, Node, NodeKind};
use std::{
    collections::{BTreeMap, HashMap},
    iter::Peekable,
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
};
use tessera_base::{NodeId, UserId};

/// Where a node stands in [`Nodes`]; holds within one line of snapshots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place(u32);

/// The folders and documents of an organization. Places are dense, so that walking up a tree costs no search.
#[derive(Clone, Default, Debug)]
pub struct Nodes {
    entries: Chunks,
    places: Places,
    /// Nodes that came before their parents.
    orphans: Vec<NodeId>,
}

#[derive(Clone, Debug)]
struct Entry {
    node: Node,
    parent: Option<Place>,
}

impl Nodes {
    pub fn place(&self, id: NodeId) -> Option<Place> {
        self.places.get(id).map(Place).filter(|place| self.entry(*place).is_some())
    }

    pub fn at(&self, place: Place) -> Option<&Node> {
        self.entry(place).map(|entry| &entry.node)
    }

    pub fn get(&self, id: NodeId) -> Option<&Node> {
        self.at(self.place(id)?)
    }

    pub fn is(&self, id: NodeId, kind: NodeKind) -> bool {
        self.get(id).is_some_and(|node| node.kind == kind)
    }

    pub fn parent(&self, place: Place) -> Option<Place> {
        self.entry(place)?.parent
    }

    /// The node itself, then what it is in, up to the root.
    pub fn way_up(&self, from: Place) -> impl Iterator<Item = (Place, &Node)> {
        let mut next = Some(from);
        // No longer than the tree is deep, even if it were none.
        (0..=crate::content::DEEPEST + 1).map_while(move |_| {
            let place = next?;
            let entry = self.entry(place)?;
            next = entry.parent;
            Some((place, &entry.node))
        })
    }

    /// In the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = (Place, &Node, Option<Place>)> {
        let numbered = self.entries.iter().zip(0_u32..);
        numbered.filter_map(|(entry, place)| entry.as_ref().map(|entry| (Place(place), &entry.node, entry.parent)))
    }

    /// Those that themselves grant something to `to`.
    pub fn granting_to(&self, to: Grantee) -> impl Iterator<Item = NodeId> {
        self.iter()
            .filter(move |(_, node, _)| node.grants.iter().any(|grant| grant.to == to))
            .map(|(_, node, _)| node.id)
    }

    /// Newest first: ids rise with time.
    pub fn newest_first(&self, before: Option<NodeId>) -> impl Iterator<Item = (Place, &Node)> {
        self.places.newest_first(before).filter_map(|place| Some((Place(place), self.at(Place(place))?)))
    }

    /// The folder below which the organization shares; or, of a person, their *My documents*.
    pub fn root(&self, of: Option<UserId>) -> Option<&Node> {
        self.iter().map(|(_, node, _)| node).find(|node| node.is_root() && node.owner == of)
    }

    /// How many places there are, with those that were left.
    pub fn places(&self) -> usize {
        self.entries.len()
    }

    fn entry(&self, place: Place) -> Option<&Entry> {
        self.entries.get(place.index())?.as_ref()
    }

    /// Parents may come after their children.
    pub(super) fn set(&mut self, nodes: Vec<Node>) {
        // All have their places before the first parent is looked up: many at once are settled only once.
        let mut places = Vec::new();
        for node in &nodes {
            if self.place(node.id).is_some() {
                continue;
            }
            // INVARIANT: an organization has fewer nodes than u32 has numbers; beyond, none is added.
            let Ok(place) = u32::try_from(self.entries.len()) else { continue };
            places.push((node.id, place));
            self.entries.push(None);
        }
        self.places.add(places);
        for node in nodes {
            let parent = node.parent.and_then(|parent| self.place(parent));
            if parent.is_none() && node.parent.is_some() {
                self.orphans.push(node.id);
            }
            if let Some(place) = self.places.get(node.id) {
                self.entries.set(Place(place).index(), Some(Entry { node, parent }));
            }
        }
        for orphan in std::mem::take(&mut self.orphans) {
            let Some(place) = self.place(orphan) else { continue };
            match self.at(place).and_then(|node| node.parent).and_then(|parent| self.place(parent)) {
                None => self.orphans.push(orphan),
                parent => {
                    if let Some(entry) = self.entry(place).cloned() {
                        self.entries.set(place.index(), Some(Entry { parent, ..entry }));
                    }
                }
            }
        }
    }

    /// Its place stays empty.
    pub(super) fn remove(&mut self, id: NodeId) {
        if let Some(place) = self.place(id) {
            self.entries.set(place.index(), None);
        }
    }
}

/// Which place each id has: those of long ago in one table, and those that came since.
#[derive(Clone, Default, Debug)]
struct Places {
    settled: Arc<HashMap<NodeId, u32, ById>>,
    /// The settled ones in the order of their ids.
    ordered: Arc<Vec<(NodeId, u32)>>,
    recent: Arc<BTreeMap<NodeId, u32>>,
}

/// More recent ones than this are settled; until then each addition copies them.
const MOST_RECENT: usize = 2_000;

impl Places {
    fn get(&self, id: NodeId) -> Option<u32> {
        self.settled.get(&id).or_else(|| self.recent.get(&id)).copied()
    }

    fn add(&mut self, new: Vec<(NodeId, u32)>) {
        if self.recent.len() + new.len() <= MOST_RECENT {
            Arc::make_mut(&mut self.recent).extend(new);
            return;
        }
        let recent = std::mem::take(&mut self.recent);
        let recent = recent.iter().map(|(id, place)| (*id, *place));
        let mut ordered: Vec<(NodeId, u32)> = self.ordered.iter().copied().chain(recent).chain(new).collect();
        ordered.sort_unstable();
        self.settled = Arc::new(ordered.iter().copied().collect());
        self.ordered = Arc::new(ordered);
    }

    fn newest_first(&self, before: Option<NodeId>) -> impl Iterator<Item = u32> {
        let until = before.map_or(self.ordered.len(), |id| self.ordered.partition_point(|(settled, _)| *settled < id));
        let settled = self.ordered.get(..until).unwrap_or_default().iter().rev().copied();
        let recent = self.recent.range((Unbounded, before.map_or(Unbounded, Excluded))).rev();
        Merged { one: settled.peekable(), other: recent.map(|(id, place)| (*id, *place)).peekable() }
    }
}

/// Two lists that fall, as one.
struct Merged<A: Iterator, B: Iterator> {
    one: Peekable<A>,
    other: Peekable<B>,
}

impl<A, B> Iterator for Merged<A, B>
where
    A: Iterator<Item = (NodeId, u32)>,
    B: Iterator<Item = (NodeId, u32)>,
{
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let next = if self.one.peek() > self.other.peek() { self.one.next() } else { self.other.next() };
        next.map(|(_, place)| place)
    }
}

/// How many entries a snapshot copies to change one of them.
const CHUNK: usize = 128;

/// A list in pieces that snapshots share. Two steps lead to an entry, where a tree of them would take four.
#[derive(Clone, Default, Debug)]
struct Chunks(Vec<Arc<Vec<Option<Entry>>>>);

impl Chunks {
    fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * CHUNK + last.len())
    }

    fn get(&self, index: usize) -> Option<&Option<Entry>> {
        self.0.get(index / CHUNK)?.get(index % CHUNK)
    }

    fn iter(&self) -> impl Iterator<Item = &Option<Entry>> {
        self.0.iter().flat_map(|chunk| chunk.iter())
    }

    fn set(&mut self, index: usize, entry: Option<Entry>) {
        let chunk = self.0.get_mut(index / CHUNK).map(Arc::make_mut);
        if let Some(slot) = chunk.and_then(|chunk| chunk.get_mut(index % CHUNK)) {
            *slot = entry;
        }
    }

    fn push(&mut self, entry: Option<Entry>) {
        match self.0.last_mut().filter(|last| last.len() < CHUNK) {
            Some(last) => Arc::make_mut(last).push(entry),
            None => self.0.push(Arc::new(vec![entry])),
        }
    }
}

impl Place {
    pub(crate) fn index(self) -> usize {
        // A u32 is an index on every machine that this runs on.
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Node {
    pub fn is_root(&self) -> bool {
        self.parent.is_none() && self.kind == NodeKind::Folder
    }
}
