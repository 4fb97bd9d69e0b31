use crate::StoreError;
use std::collections::{BTreeMap, BTreeSet};
use tessera_base::GroupId;

/// A chain of groups, each inside the one before, has at most this many.
const MOST_LEVELS: usize = 8;

/// Which groups are inside which: a graph without cycles.
pub(super) struct Nesting {
    members: BTreeMap<GroupId, BTreeSet<GroupId>>,
    holders: BTreeMap<GroupId, BTreeSet<GroupId>>,
}

impl Nesting {
    pub(super) fn new(edges: Vec<(GroupId, GroupId)>) -> Self {
        let mut nesting = Self { members: BTreeMap::new(), holders: BTreeMap::new() };
        for (group, member) in edges {
            nesting.members.entry(group).or_default().insert(member);
            nesting.holders.entry(member).or_default().insert(group);
        }
        nesting
    }

    /// Whether `member` may be put into `group`.
    pub(super) fn admits(&self, group: GroupId, member: GroupId) -> Result<(), StoreError> {
        if group == member || layers(&self.members, member).iter().any(|layer| layer.contains(&group)) {
            return Err(StoreError::GroupCycle);
        }
        let levels = layers(&self.holders, group).len() + layers(&self.members, member).len();
        if levels > MOST_LEVELS { Err(StoreError::GroupDepth { most: MOST_LEVELS }) } else { Ok(()) }
    }
}

/// `start`, what is one step away, two steps, …: as many layers as the longest chain has groups. Ends, because the graph
/// has no cycle and at most [`MOST_LEVELS`] layers.
fn layers(next: &BTreeMap<GroupId, BTreeSet<GroupId>>, start: GroupId) -> Vec<BTreeSet<GroupId>> {
    let mut layers = Vec::new();
    let mut layer = BTreeSet::from([start]);
    while !layer.is_empty() && layers.len() <= MOST_LEVELS {
        let following = layer.iter().filter_map(|group| next.get(group)).flatten().copied().collect();
        layers.push(std::mem::replace(&mut layer, following));
    }
    layers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(number: u8) -> GroupId {
        GroupId::new(uuid::Uuid::from_bytes([number; 16]))
    }

    fn nesting(edges: &[(u8, u8)]) -> Nesting {
        Nesting::new(edges.iter().map(|(holder, member)| (group(*holder), group(*member))).collect())
    }

    #[test]
    fn a_group_is_never_inside_itself() {
        let chain = nesting(&[(1, 2), (2, 3)]);
        for (holder, member) in [(1, 1), (2, 1), (3, 1), (3, 2)] {
            assert!(
                matches!(chain.admits(group(holder), group(member)), Err(StoreError::GroupCycle)),
                "{holder} {member}"
            );
        }
        assert!(chain.admits(group(1), group(3)).is_ok(), "a second way down is no cycle");
    }

    #[test]
    fn a_chain_has_at_most_eight_groups_whichever_link_is_added_last() {
        let seven: Vec<(u8, u8)> = (1..7).map(|number| (number, number + 1)).collect();
        assert!(nesting(&seven).admits(group(7), group(8)).is_ok());
        let eight: Vec<(u8, u8)> = (1..8).map(|number| (number, number + 1)).collect();
        assert!(matches!(nesting(&eight).admits(group(8), group(9)), Err(StoreError::GroupDepth { most: 8 })));
        assert!(matches!(nesting(&eight).admits(group(9), group(1)), Err(StoreError::GroupDepth { most: 8 })));
        let halves = [(1, 2), (2, 3), (3, 4), (11, 12), (12, 13), (13, 14), (14, 15)];
        assert!(nesting(&halves).admits(group(4), group(12)).is_ok());
        assert!(matches!(nesting(&halves).admits(group(4), group(11)), Err(StoreError::GroupDepth { most: 8 })));
    }
}
