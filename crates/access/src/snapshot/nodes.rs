use crate::{Node, NodeKind};
use imbl::{OrdMap, Vector};
use tessera_base::{NodeId, UserId};

/// Where a node stands in [`Nodes`]; holds within one line of snapshots.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place(u32);

/// The folders and documents of an organization. Places are dense, so that walking up a tree costs no search.
#[derive(Clone, Default, Debug)]
pub struct Nodes {
    entries: Vector<Option<Entry>>,
    places: OrdMap<NodeId, u32>,
    /// Nodes that came before their parents.
    orphans: Vector<NodeId>,
}

#[derive(Clone, Debug)]
struct Entry {
    node: Node,
    parent: Option<Place>,
}

impl Nodes {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn place(&self, id: NodeId) -> Option<Place> {
        self.places.get(&id).map(|place| Place(*place))
    }

    pub fn at(&self, place: Place) -> Option<&Node> {
        self.entry(place).map(|entry| &entry.node)
    }

    pub fn get(&self, id: NodeId) -> Option<&Node> {
        self.at(self.place(id)?)
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

    /// Newest first: ids rise with time.
    pub fn newest_first(&self, before: Option<NodeId>) -> impl Iterator<Item = (Place, &Node)> {
        let all = (std::ops::Bound::Unbounded, before.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded));
        let places = self.places.range::<_, NodeId>(all).rev();
        places.filter_map(|(_, place)| Some((Place(*place), self.at(Place(*place))?)))
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
    pub(super) fn set(&mut self, nodes: impl IntoIterator<Item = Node>) {
        for node in nodes {
            let parent = node.parent.and_then(|parent| self.place(parent));
            if parent.is_none() && node.parent.is_some() {
                self.orphans.push_back(node.id);
            }
            let (id, entry) = (node.id, Some(Entry { node, parent }));
            match self.place(id) {
                Some(place) => drop(self.entries.set(place.index(), entry)),
                None => {
                    // INVARIANT: an organization has fewer nodes than u32 has numbers; beyond, none is added.
                    let Ok(place) = u32::try_from(self.entries.len()) else { continue };
                    self.places.insert(id, place);
                    self.entries.push_back(entry);
                }
            }
        }
        for orphan in std::mem::take(&mut self.orphans) {
            let Some(place) = self.place(orphan) else { continue };
            match self.at(place).and_then(|node| node.parent).and_then(|parent| self.place(parent)) {
                None => self.orphans.push_back(orphan),
                parent => {
                    if let Some(Some(entry)) = self.entries.get_mut(place.index()) {
                        entry.parent = parent;
                    }
                }
            }
        }
    }

    pub(super) fn remove(&mut self, id: NodeId) {
        if let Some(place) = self.places.remove(&id) {
            drop(self.entries.set(Place(place).index(), None));
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
