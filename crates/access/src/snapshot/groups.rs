use super::by_id::ById;
use crate::{HeldAttribute, HeldConnectionRole};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tessera_base::{ConnectionId, GroupId};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    pub id: GroupId,
    /// Immutable; what model files name.
    pub key: Arc<str>,
    pub name: Arc<str>,
    /// Those that hold this group directly.
    pub groups: Vec<GroupId>,
    pub connection_roles: Vec<(ConnectionId, HeldConnectionRole)>,
    pub attributes: Vec<HeldAttribute>,
}

/// The groups of an organization, and for each of them those that hold it.
#[derive(Clone, Default, Debug)]
pub struct Groups {
    by_id: BTreeMap<GroupId, Arc<Group>>,
    /// A group itself and all that hold it, directly or through others; nearest first.
    holders: HashMap<GroupId, Box<[GroupId]>, ById>,
}

impl Groups {
    pub fn get(&self, id: GroupId) -> Option<&Arc<Group>> {
        self.by_id.get(&id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Group>> {
        self.by_id.values()
    }

    /// The group itself and all that hold it, directly or through others; nearest first.
    pub fn holders(&self, id: GroupId) -> &[GroupId] {
        self.holders.get(&id).map_or(&[], |holders| holders)
    }

    /// What holds those who are directly in `direct`: each once, nearest first.
    pub fn closure(&self, direct: &[GroupId]) -> Vec<GroupId> {
        let mut closure: Vec<GroupId> = Vec::new();
        for group in direct.iter().flat_map(|group| self.holders(*group)) {
            if !closure.contains(group) {
                closure.push(*group);
            }
        }
        closure
    }

    /// `None` removes it.
    pub(super) fn set(&mut self, changes: impl IntoIterator<Item = (GroupId, Option<Group>)>) {
        let mut moved = false;
        for (id, group) in changes {
            let before = match group {
                Some(group) => {
                    let groups = group.groups.clone();
                    let before = self.by_id.insert(id, Arc::new(group));
                    moved |= before.as_ref().is_none_or(|before| before.groups != groups);
                    continue;
                }
                None => self.by_id.remove(&id),
            };
            moved |= before.is_some();
        }
        if moved {
            self.holders = self.by_id.keys().map(|id| (*id, self.find_holders(*id))).collect();
        }
    }

    /// Ends even where the groups run in a circle, which no writer allows.
    fn find_holders(&self, id: GroupId) -> Box<[GroupId]> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(group) = found.get(next) {
            next += 1;
            for holder in self.by_id.get(group).map_or(&[][..], |group| &group.groups) {
                if !found.contains(holder) && self.by_id.contains_key(holder) {
                    found.push(*holder);
                }
            }
        }
        found.into()
    }
}
