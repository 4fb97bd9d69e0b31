//! The join tree of one query: the topic's nodes, and those that dimensions and rules reach over to-one relationships.
use std::collections::{BTreeMap, BTreeSet};
use tessera_model::{
    CheckedModel, TopicId, ViewId,
    checked::{JoinType, NodeIndex, Step},
};
use tessera_sql::tree::{Ident, JoinKind};

#[derive(Debug)]
pub(crate) struct JoinTree<'m> {
    model: &'m CheckedModel,
    nodes: Vec<JoinNode>,
    by_alias: BTreeMap<Ident, NodeIndex>,
    /// How many of the nodes are the topic's own; they come first.
    declared: usize,
}

#[derive(Debug)]
struct JoinNode {
    view: ViewId,
    /// As questions call it; only that of the declared nodes is one of its own.
    name: String,
    /// As the SQL calls it.
    alias: Ident,
    parent: Option<(NodeIndex, Step)>,
    join: JoinType,
}

/// One walk from a node to a neighbour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Hop {
    pub from: NodeIndex,
    pub to: NodeIndex,
    pub step: Step,
    /// Towards the base.
    pub up: bool,
}

impl<'m> JoinTree<'m> {
    pub fn of_topic(model: &'m CheckedModel, topic: TopicId) -> Self {
        let mut tree = Self { model, nodes: Vec::new(), by_alias: BTreeMap::new(), declared: 0 };
        for node in &model.topic(topic).nodes {
            let join = node.parent.map_or(JoinType::Left, |(_, step)| model.relationship(step.relationship).join);
            tree.add(node.view, &node.name, node.parent, join);
        }
        tree.declared = tree.nodes.len();
        tree
    }

    pub fn of_view(model: &'m CheckedModel, view: ViewId) -> Self {
        let mut tree = Self { model, nodes: Vec::new(), by_alias: BTreeMap::new(), declared: 0 };
        tree.add(view, &model.view(view).name, None, JoinType::Left);
        tree.declared = tree.nodes.len();
        tree
    }

    fn add(&mut self, view: ViewId, name: &str, parent: Option<(NodeIndex, Step)>, join: JoinType) -> NodeIndex {
        let index = self.nodes.len();
        // In a subquery over a table with a column `a`, an engine reads `a.b` as a part of that column.
        let is_free = |alias: &Ident| {
            !self.by_alias.contains_key(alias) && !self.model.names_a_column_elsewhere(alias.as_str(), view)
        };
        let alias = Ident::new(name).ok().filter(is_free).unwrap_or_else(|| Ident::fresh("joined ", index));
        self.by_alias.insert(alias.clone(), index);
        self.nodes.push(JoinNode { view, name: name.to_owned(), alias, parent, join });
        index
    }

    pub const BASE: NodeIndex = 0;

    #[expect(clippy::indexing_slicing, reason = "an index is made with the node that it names")]
    fn node(&self, index: NodeIndex) -> &JoinNode {
        &self.nodes[index]
    }

    pub fn view(&self, index: NodeIndex) -> ViewId {
        self.node(index).view
    }

    pub fn alias(&self, index: NodeIndex) -> &Ident {
        &self.node(index).alias
    }

    pub fn name(&self, index: NodeIndex) -> &str {
        &self.node(index).name
    }

    pub fn by_alias(&self, alias: &Ident) -> Option<NodeIndex> {
        self.by_alias.get(alias).copied()
    }

    /// The single node of a view in the topic, or how many there are.
    pub fn only_node_of(&self, view: ViewId) -> Result<NodeIndex, usize> {
        let mut found = (0..self.declared).filter(|index| self.node(*index).view == view);
        match (found.next(), found.count()) {
            (Some(only), 0) => Ok(only),
            (None, _) => Err(0),
            (Some(_), more) => Err(more + 1),
        }
    }

    /// The node one to-one step away; made when the tree does not have it yet.
    pub fn reach(&mut self, from: NodeIndex, step: Step) -> NodeIndex {
        // The way back to the parent: its row is the row that the step names. Only where the node always has a row, though;
        // a left join may have none, and then there is nothing to reach from, however well the parent is known.
        if let JoinNode { parent: Some((parent, down)), join: JoinType::Inner, .. } = *self.node(from)
            && down.relationship == step.relationship
            && down.backward != step.backward
        {
            return parent;
        }
        let known = self.nodes.iter().position(|node| node.parent == Some((from, step)));
        known.unwrap_or_else(|| {
            let view = self.model.target(step);
            // A dimension that reaches further reads null where there is nothing; only the topic's own joins drop rows.
            self.add(view, &self.model.view(view).name, Some((from, step)), JoinType::Left)
        })
    }

    /// The hops from `from` to `to`: up to their common ancestor, then down.
    pub fn path(&self, from: NodeIndex, to: NodeIndex) -> Vec<Hop> {
        let lineage = |mut node: NodeIndex| {
            let mut hops = Vec::new();
            while let Some((parent, step)) = self.node(node).parent {
                hops.push((node, parent, step));
                node = parent;
            }
            hops
        };
        let (mut up, mut down) = (lineage(from), lineage(to));
        while let (Some(a), Some(b)) = (up.last(), down.last())
            && a == b
        {
            up.pop();
            down.pop();
        }
        let up = up.into_iter().map(|(node, parent, step)| Hop {
            from: node,
            to: parent,
            step: Step { relationship: step.relationship, backward: !step.backward },
            up: true,
        });
        let down = down.into_iter().rev().map(|(node, parent, step)| Hop { from: parent, to: node, step, up: false });
        up.chain(down).collect()
    }

    pub fn is_to_one(&self, hop: Hop) -> bool {
        self.model.is_to_one(hop.step)
    }

    /// At most one row of `to` for each row of `from`.
    pub fn is_to_one_path(&self, from: NodeIndex, to: NodeIndex) -> bool {
        self.path(from, to).into_iter().all(|hop| self.is_to_one(hop))
    }

    fn join_type(&self, hop: Hop) -> JoinType {
        self.node(if hop.up { hop.from } else { hop.to }).join
    }

    pub fn is_full(&self, hop: Hop) -> bool {
        self.join_type(hop) == JoinType::Full
    }

    /// How a hop joins when the walk starts at rows of `hop.from`. Upwards the row must exist: the tree holds only what the
    /// base reaches.
    pub fn join_kind(&self, hop: Hop) -> JoinKind {
        match (self.join_type(hop), hop.up) {
            (JoinType::Inner, _) | (JoinType::Left, true) => JoinKind::Inner,
            (JoinType::Left, false) | (JoinType::Full, _) => JoinKind::Left,
        }
    }

    /// Nodes that narrow the whole tree by an inner join, wanted or not.
    pub fn inner_nodes(&self) -> BTreeSet<NodeIndex> {
        self.nodes.iter().enumerate().filter(|(_, node)| node.join == JoinType::Inner).map(|(index, _)| index).collect()
    }

    /// The hops that join `root` with all of `nodes`, each after the one that it starts from.
    pub fn hops(&self, root: NodeIndex, nodes: &BTreeSet<NodeIndex>) -> Vec<Hop> {
        let mut hops: Vec<Hop> = Vec::new();
        for node in nodes {
            for hop in self.path(root, *node) {
                if !hops.contains(&hop) {
                    hops.push(hop);
                }
            }
        }
        hops
    }
}
