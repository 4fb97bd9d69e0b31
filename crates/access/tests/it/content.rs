//! Folders, documents and grants: what is derived from them agrees with itself, and with [`crate::naive`].
use crate::{
    naive,
    world::{ORGANIZATION, WORLDS, World, actions, context, contexts, facts_of, kind_of, standing},
};
use fastrand::Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tessera_access::{
    ActionKind, Change, Facts, Grant, NodeKind, Requirement, Resource, ResourceKind, Snapshot, WhoCan, access_list,
    alternatives, decide, visible, what_if,
};
use tessera_base::{NodeId, UserId};

struct Folder;
struct Document;
struct Trashed;

impl Resource for Folder {
    const KIND: ResourceKind = ResourceKind::Folder;
}
impl Resource for Document {
    const KIND: ResourceKind = ResourceKind::Document;
}
impl Resource for Trashed {
    const KIND: ResourceKind = ResourceKind::Trashed;
}

#[test]
fn effective_roles_are_those_of_the_documentation() {
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for node in &world.nodes {
            let listed: BTreeMap<UserId, _> =
                access_list(&snapshot, node.id).map(|access| (access.person.id, access.role)).collect();
            assert_eq!(listed, naive::roles(&world, node.id), "seed {seed}, {}", node.name);
        }
    }
}

#[test]
fn what_is_there_is_what_can_be_opened_and_what_leads_to_it() {
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for context in contexts(&world, &snapshot) {
            let person = world.people.iter().find(|person| person.id == context.user().id).unwrap();
            let there = naive::visible(&world, person);
            for node in &world.nodes {
                let viewed = decide(&context, kind_of(node), &facts_of(node), ActionKind::View).allowed();
                assert_eq!(viewed, there.contains(&node.id), "seed {seed}, {} for {}", node.name, person.name);
            }
        }
    }
}

fn listed<R: Resource>(context: &Arc<tessera_access::AccessContext>) -> Vec<NodeId> {
    visible::<R>(context).nodes(None).map(|node| node.id).collect()
}

/// In the list ⇔ may be viewed; newest first; and paging from anywhere goes on where it stopped.
#[test]
fn a_list_of_content_holds_exactly_what_may_be_viewed() {
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for context in contexts(&world, &snapshot) {
            let viewed = |kind: ResourceKind, of: fn(&tessera_access::Node) -> bool| -> Vec<NodeId> {
                let allowed = world.nodes.iter().rev().filter(|node| of(node));
                allowed
                    .filter(|node| decide(&context, kind, &facts_of(node), ActionKind::View).allowed())
                    .map(|n| n.id)
                    .collect()
            };
            assert_eq!(
                listed::<Folder>(&context),
                viewed(ResourceKind::Folder, |node| node.kind == NodeKind::Folder),
                "seed {seed}"
            );
            let documents = listed::<Document>(&context);
            assert_eq!(
                documents,
                viewed(ResourceKind::Document, |node| node.kind == NodeKind::Document),
                "seed {seed}"
            );
            assert_eq!(listed::<Trashed>(&context), viewed(ResourceKind::Trashed, |node| node.trashed), "seed {seed}");
            for (position, id) in documents.iter().enumerate() {
                let rest: Vec<NodeId> = visible::<Document>(&context).nodes(Some(*id)).map(|node| node.id).collect();
                assert_eq!(rest, documents[position + 1..], "seed {seed}");
            }
        }
    }
}

#[test]
fn who_can_is_what_everybody_would_be_answered() {
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        let contexts = contexts(&world, &snapshot);
        for (resource, facts) in world.resources() {
            for action in actions(resource) {
                let question = WhoCan::new(&snapshot, resource, &facts, action);
                let found: BTreeSet<UserId> = question.people().map(|person| person.id).collect();
                for context in &contexts {
                    let decision = decide(context, resource, &facts, action);
                    let id = context.user().id;
                    assert_eq!(found.contains(&id), decision.allowed(), "seed {seed}, {resource:?} {action:?}");
                    assert_eq!(question.decision(id), Some(decision), "seed {seed}, {resource:?} {action:?} for {id}");
                }
                assert!(found.len() <= contexts.len());
            }
        }
    }
}

/// Everything that is allowed, as a set.
fn allowed(world: &World, snapshot: &Arc<Snapshot>) -> BTreeSet<(UserId, ResourceKind, Option<NodeId>, ActionKind)> {
    let mut found = BTreeSet::new();
    for context in contexts(world, snapshot) {
        for (resource, facts) in world.resources() {
            for action in actions(resource) {
                if decide(&context, resource, &facts, action).allowed() {
                    found.insert((context.user().id, resource, facts.node, action));
                }
            }
        }
    }
    found
}

#[test]
fn taking_something_away_never_adds_a_right() {
    for seed in 0..WORLDS / 3 {
        let world = World::new(seed);
        let before = allowed(&world, &world.snapshot());
        let rng = &mut Rng::with_seed(seed);
        let mut less = world.clone();
        match rng.usize(..4) {
            0 => {
                let node = rng.usize(..less.nodes.len());
                let keep: Vec<Grant> = less.nodes[node].grants.iter().skip(1).copied().collect();
                less.nodes[node].grants = keep.into();
            }
            1 => {
                let person = rng.usize(..less.people.len());
                less.people[person].groups.pop();
            }
            2 => {
                let person = rng.usize(..less.people.len());
                less.people[person].connection_roles.pop();
            }
            _ => {
                let Some(group) = less.groups.first_mut() else { continue };
                group.groups.pop();
            }
        }
        let after = allowed(&less, &less.snapshot());
        assert!(after.is_subset(&before), "seed {seed}: {:?}", after.difference(&before).next());
    }
}

#[test]
fn a_snapshot_that_followed_the_changes_is_one_that_was_read_anew() {
    for seed in 0..WORLDS / 3 {
        let (before, after) = (World::new(seed), World::new(seed + 1_000_000));
        let rng = &mut Rng::with_seed(seed);
        let mut snapshot = Snapshot::empty(ORGANIZATION).with(1, before.changes());
        let gone = before.nodes.iter().filter(|node| after.nodes.iter().all(|kept| kept.id != node.id));
        let mut changes: Vec<Change> = gone.map(|node| Change::NodeGone(node.id)).collect();
        let people = before.people.iter().filter(|person| after.people.iter().all(|kept| kept.id != person.id));
        changes.extend(people.map(|person| Change::PersonGone(person.id)));
        let groups = before.groups.iter().filter(|group| after.groups.iter().all(|kept| kept.id != group.id));
        changes.extend(groups.map(|group| Change::GroupGone(group.id)));
        changes.extend(after.changes());
        rng.shuffle(&mut changes);
        while !changes.is_empty() {
            let some = changes.split_off(changes.len() - rng.usize(1..=changes.len()));
            snapshot = snapshot.with(snapshot.version() + 1, some);
        }
        let (followed, anew) = (allowed(&after, &Arc::new(snapshot)), allowed(&after, &after.snapshot()));
        assert_eq!(followed.symmetric_difference(&anew).next(), None, "seed {seed}");
    }
}

#[test]
fn what_if_tells_the_difference() {
    for seed in 0..WORLDS / 3 {
        let world = World::new(seed);
        let before = world.snapshot();
        let rng = &mut Rng::with_seed(seed);
        let mut changed = world.nodes[rng.usize(..world.nodes.len())].clone();
        changed.restricted = changed.parent.is_some() && rng.bool();
        changed.grants = changed.grants.iter().skip(1).copied().collect();
        let after = Arc::new(before.with(2, [Change::Node(changed)]));
        let nodes: Vec<NodeId> = world.nodes.iter().map(|node| node.id).collect();
        let differences = what_if(&before, &after, &nodes);
        for person in world.people.iter().filter(|person| person.is_active()) {
            let roles = |snapshot: &Arc<Snapshot>| -> Vec<(NodeId, _)> {
                let live = world.nodes.iter().filter(|node| !naive::is_trashed(&world, node.id));
                let role = |node: &tessera_access::Node| {
                    access_list(snapshot, node.id).find(|access| access.person.id == person.id).map(|a| a.role)
                };
                live.map(|node| (node.id, role(node))).collect()
            };
            let expected: Vec<_> = roles(&before)
                .into_iter()
                .zip(roles(&after))
                .filter(|(before, after)| before != after)
                .map(|((node, before), (_, after))| (node, before, after))
                .collect();
            let told = differences.iter().find(|difference| difference.person.id == person.id);
            let told: Vec<_> = told
                .map(|difference| difference.content.iter().map(|one| (one.node, one.before, one.after)).collect())
                .unwrap_or_default();
            assert_eq!(told, expected, "seed {seed}, {}", person.name);
        }
    }
}

/// What is said to be missing really is, and nothing more: of each alternative exactly the requirements that fail alone.
#[test]
fn what_is_needed_is_what_is_missing() {
    for seed in 0..WORLDS / 10 {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for person in &world.people {
            let Some(context) = standing(&snapshot, person.id).map(context) else { continue };
            for (resource, facts) in world.resources() {
                for action in actions(resource) {
                    let decision = decide(&context, resource, &facts, action);
                    if decision.allowed() {
                        assert!(decision.needs.is_empty());
                        continue;
                    }
                    assert_eq!(decision.needs.len(), alternatives(resource, action).len());
                    for (missing, all) in decision.needs.iter().zip(alternatives(resource, action)) {
                        // What a role would give is told ability by ability.
                        let gives = |one: &Requirement| matches!(one, Requirement::Connection(_));
                        let given = all.contains(&Requirement::GivenRole);
                        let wanted = |one: &Requirement| all.contains(one) || given && gives(one);
                        assert!(!missing.0.is_empty() && missing.0.iter().all(wanted));
                        if let (Some(node), true) = (facts.node, resource != ResourceKind::Trashed) {
                            let live = !naive::is_trashed(&world, node);
                            let role = naive::role(&world, person, node).filter(|_| live);
                            for one in *all {
                                if let Requirement::Content(wanted) = one {
                                    assert_eq!(
                                        missing.0.contains(one),
                                        role.is_none_or(|role| role < *wanted),
                                        "seed {seed}"
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A lock keeps those who manage only what is below it from opening it wider.
#[test]
fn below_a_lock_only_its_managers_share() {
    let mut locked = 0;
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let snapshot = world.snapshot();
        for context in contexts(&world, &snapshot) {
            let person = world.people.iter().find(|person| person.id == context.user().id).unwrap();
            for node in world.nodes.iter().filter(|node| !naive::is_trashed(&world, node.id)) {
                let manages = |id| naive::role(&world, person, id) == Some(tessera_access::ContentRole::Manager);
                let mut above = node.parent;
                let mut open = true;
                while let Some(id) = above {
                    let folder = world.nodes.iter().find(|folder| folder.id == id).unwrap();
                    open &= !folder.locked || manages(id);
                    above = folder.parent;
                }
                let facts: Facts = facts_of(node);
                let may = decide(&context, kind_of(node), &facts, ActionKind::Share).allowed();
                assert_eq!(may, manages(node.id) && open, "seed {seed}, {} for {}", node.name, person.name);
                locked += usize::from(manages(node.id) && !open);
            }
        }
    }
    assert!(locked > 100, "{locked}");
}
