//! Nobody gives what they lack: whatever somebody may do, nobody gains an ability by it that its giver does not hold.
use crate::world::{WORLDS, World, connection, context, group, standing, user};
use fastrand::Rng;
use tessera_access::{
    AccessContext, ActionKind, ConnectionRole, Facts, Grantee, HeldConnectionRole, HeldOrganizationRole,
    OrganizationRole, Proposal, ResourceKind, Snapshot, Standing, decide, what_if,
};
use tessera_base::UserId;

/// Any of the changes by which somebody could come to an ability.
fn proposal(rng: &mut Rng, world: &World) -> Proposal {
    let person = user(rng.usize(..world.people.len()));
    let to = match rng.u32(..5) {
        0 => Grantee::Everyone,
        1 | 2 if !world.groups.is_empty() => Grantee::Group(group(rng.usize(..world.groups.len()))),
        _ => Grantee::User(person),
    };
    match rng.u32(..3) {
        0 => Proposal::OrganizationRole { person, role: organization_role(rng, world) },
        1 if !world.groups.is_empty() => {
            Proposal::Member { group: group(rng.usize(..world.groups.len())), member: to, inside: true }
        }
        _ => Proposal::ConnectionRole {
            connection: connection(rng.usize(..world.connections.len())),
            to,
            role: Some(connection_role(rng, world)),
        },
    }
}

fn organization_role(rng: &mut Rng, world: &World) -> HeldOrganizationRole {
    match rng.usize(..world.organization_roles.len() + 2) {
        0 => OrganizationRole::Admin.into(),
        1 => OrganizationRole::Member.into(),
        number => HeldOrganizationRole::Custom(world.organization_roles[number - 2].id),
    }
}

fn connection_role(rng: &mut Rng, world: &World) -> HeldConnectionRole {
    match rng.usize(..world.connection_roles.len() + 5) {
        number @ 0..5 => ConnectionRole::ALL[number].into(),
        number => HeldConnectionRole::Custom(world.connection_roles[number - 5].id),
    }
}

/// Whether the actor may make the change: the right to, and nothing lacking of what it gives.
fn may(context: &AccessContext, proposal: &Proposal) -> bool {
    let (giver, snapshot) = (context.standing(), context.snapshot());
    let decides = |resource, facts: Facts, action| decide(context, resource, &facts, action).allowed();
    let facts = Facts::of(snapshot.organization());
    match *proposal {
        Proposal::OrganizationRole { person, role } => {
            let facts = Facts { owner: Some(person), ..facts };
            decides(ResourceKind::Person, facts, ActionKind::SetRole) && giver.lacks_to_give(role).is_none()
        }
        Proposal::Member { group, .. } => {
            decides(ResourceKind::Group, facts, ActionKind::SetMembers) && giver.lacks_to_give_group(group).is_none()
        }
        Proposal::ConnectionRole { connection, role, .. } => {
            let facts = Facts { connection: Some(connection), ..facts };
            decides(ResourceKind::Connection, facts, ActionKind::AssignRoles)
                && role.is_none_or(|role| giver.lacks_to_give_on(connection, role).is_none())
        }
        Proposal::Status { .. } | Proposal::Content { .. } => false,
    }
}

fn gains_nothing_else(giver: &Standing, before: &Snapshot, after: &Snapshot) -> Result<usize, UserId> {
    let differences = what_if(before, after, &[]);
    for one in &differences {
        let organization = one.organization_gained.iter().all(|ability| giver.organization_abilities().has(ability));
        let connections = one.connections.iter().all(|difference| {
            let own = giver.connection_abilities(difference.connection);
            difference.gained.iter().all(|ability| own.is_some_and(|own| own.has(ability)))
        });
        let admin = after.person(one.person.id).is_some_and(|person| person.is_admin())
            && !before.person(one.person.id).is_some_and(|person| person.is_admin());
        if !organization || !connections || admin && !giver.is_organization_admin() {
            return Err(one.person.id);
        }
    }
    Ok(differences.len())
}

#[test]
fn nobody_gains_what_the_giver_lacks() {
    let (mut made, mut refused) = (0, 0);
    for seed in 0..WORLDS {
        let world = World::new(seed);
        let mut rng = Rng::with_seed(seed);
        let snapshot = world.snapshot();
        for number in 0..world.people.len() {
            let Some(giver) = standing(&snapshot, user(number)).map(context) else { continue };
            for _ in 0..4 {
                let proposal = proposal(&mut rng, &world);
                let Some(after) = snapshot.proposed(&proposal) else { continue };
                if !may(&giver, &proposal) {
                    refused += 1;
                    continue;
                }
                let gained = gains_nothing_else(giver.standing(), &snapshot, &after);
                made += gained.unwrap_or_else(|id| panic!("{seed}: {id} gains by {proposal:?} what {number} lacks"));
            }
        }
    }
    assert!(made > 500 && refused > 500, "{made} gained something, {refused} changes were refused");
}
