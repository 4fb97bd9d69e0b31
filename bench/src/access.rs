//! What it costs to decide about content: one organization with 10,000 people, 1,000 groups, 10,000 folders and 100,000
//! documents.
use crate::{Error, report::Table, samples::Samples};
use std::{fs, sync::Arc, time::Duration};
use tessera_access::{
    AccessContext, ActionKind, Change, ConnectionAccess, ConnectionRole, ContentRole, Facts, Grant, Grantee, Group,
    HeldConnectionRole, HeldOrganizationRole, Node, NodeKind, OrganizationRole, Person, PersonKind, PersonStatus,
    Resource, ResourceKind, Snapshot, Switches, WhoCan, decide, visible,
};
use tessera_base::{Arrival, ConnectionId, GroupId, Instant, NodeId, OrganizationId, RequestId, UserId};
use uuid::Uuid;

const PEOPLE: u128 = 10_000;
const GROUPS: u128 = 1_000;
const FOLDERS: u128 = 10_000;
const DOCUMENTS: u128 = 100_000;
/// Folders and documents.
pub(crate) const NODES: usize = (FOLDERS + DOCUMENTS) as usize;

const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const CONNECTION: ConnectionId = ConnectionId::new(Uuid::from_u128(2));

struct Document;

impl Resource for Document {
    const KIND: ResourceKind = ResourceKind::Document;
}

pub(crate) fn measure(now: Instant) -> Result<Table, Error> {
    let facts = facts();
    let snapshot = Arc::new(Snapshot::empty(ORGANIZATION).with(1, facts.clone()));
    let build = Samples::of(5, || Snapshot::empty(ORGANIZATION).with(1, facts.clone()));

    let person = |number: u128| -> Result<Arc<AccessContext>, Error> {
        let standing = snapshot.member(user(number % PEOPLE)).ok_or("nobody is there")?;
        #[expect(clippy::disallowed_methods, reason = "nobody asks for anything here")]
        Ok(Arc::new(AccessContext::establish(Arrival::within(RequestId::new(Uuid::nil())), now, Arc::new(standing))))
    };
    let people = (0..50).map(|number| person(number * 199)).collect::<Result<Vec<_>, _>>()?;
    let mut turn = 0;
    let decisions = Samples::of(200_000, || {
        turn += 1;
        let facts = about(turn * 7919);
        let action = [ActionKind::View, ActionKind::Edit, ActionKind::Download, ActionKind::Share][turn as usize % 4];
        decide(&people[turn as usize % people.len()], ResourceKind::Document, &facts, action)
    });
    let pages = (0..20).map(|number| person(number * 431 + 7)).collect::<Result<Vec<_>, _>>()?;
    let mut listed = pages.iter().cycle();
    // Each for somebody who has not listed anything yet.
    let lists = Samples::new(
        pages
            .iter()
            .map(|context| {
                let start = std::time::Instant::now();
                std::hint::black_box(visible::<Document>(context).nodes(None).take(50).count());
                start.elapsed()
            })
            .collect(),
    );
    let again = Samples::of(200, || {
        let context = listed.next().map(|context| visible::<Document>(context).nodes(None).take(50).count());
        std::hint::black_box(context)
    });
    let who = Samples::of(100, || {
        turn += 1;
        WhoCan::new(&snapshot, ResourceKind::Document, &about(turn * 7919), ActionKind::View).people().count()
    });
    let everyone = Samples::of(100, || {
        let facts = about(EVERYONE);
        WhoCan::new(&snapshot, ResourceKind::Document, &facts, ActionKind::View).people().count()
    });
    let update = Samples::of(1_000, || {
        turn += 1;
        let mut changed = document(turn * 7919 % DOCUMENTS);
        changed.grants = Arc::new([Grant { to: Grantee::User(user(3)), role: ContentRole::Editor }]);
        snapshot.with(2, [Change::Node(changed)])
    });
    let row = |what: &str, samples: &Samples, wanted: &str| {
        vec![what.to_owned(), short(samples.median()), short(samples.percentile(99)), wanted.to_owned()]
    };
    Ok(Table {
        title: "Content".to_owned(),
        note: format!(
            "{PEOPLE} people, {GROUPS} groups, {FOLDERS} folders, {DOCUMENTS} documents in one organization. A first list is \
             for somebody who has not listed anything at this version. The database is an encrypted file, just written and \
             opened again."
        ),
        columns: vec!["what", "p50", "p99", "wanted"],
        rows: vec![
            row("a decision about a document, with its reason", &decisions, "p50 ≤ 1 µs"),
            row("first page of the visible documents, first list", &lists, "≤ 10 ms"),
            row("first page of the visible documents, next list", &again, "≤ 10 ms"),
            row("who can see a document", &who, "≤ 5 ms"),
            row("who can see a document that is granted to everyone", &everyone, "≤ 5 ms"),
            row("the snapshot, from its facts", &build, ""),
            row("the snapshot after one grant", &update, "≤ 1 ms"),
        ],
    })
}

/// A document that everyone may see.
const EVERYONE: u128 = 17;

fn user(number: u128) -> UserId {
    UserId::new(Uuid::from_u128(1_000_000 + number))
}

fn group(number: u128) -> GroupId {
    GroupId::new(Uuid::from_u128(2_000_000 + number))
}

fn folder_id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(3_000_000 + number))
}

fn document_id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(4_000_000 + number))
}

fn about(number: u128) -> Facts {
    let node = Some(document_id(number % DOCUMENTS));
    Facts { connection: Some(CONNECTION), node, ..Facts::of(ORGANIZATION) }
}

/// Four levels of folders, ten documents in each folder; some of each grant something to a group or a person.
pub(crate) fn facts() -> Vec<Change> {
    let querier = HeldConnectionRole::BuiltIn(ConnectionRole::Querier);
    let mut facts =
        vec![Change::Connection(ConnectionAccess { id: CONNECTION, name: "warehouse".into(), base_role: None })];
    facts.extend((0..GROUPS).map(|number| {
        let holders = if number == 0 { Vec::new() } else { vec![group(number / 10)] };
        Change::Group(Group {
            id: group(number),
            key: format!("g{number}").into(),
            name: format!("Group {number}").into(),
            groups: if number < 10 { Vec::new() } else { holders },
            connection_roles: if number % 10 == 0 { vec![(CONNECTION, querier)] } else { Vec::new() },
            attributes: Vec::new(),
        })
    }));
    facts.extend((0..PEOPLE).map(|number| {
        Change::Person(Person {
            id: user(number),
            kind: PersonKind::Member,
            status: PersonStatus::Active,
            email: format!("p{number}@acme.example").into(),
            name: format!("Person {number}").into(),
            timezone: None,
            organization_role: HeldOrganizationRole::BuiltIn(OrganizationRole::Member),
            groups: [7, 131, 977].map(|step| group(number * step % GROUPS)).into(),
            connection_roles: Vec::new(),
            attributes: Vec::new(),
        })
    }));
    facts.extend((0..FOLDERS).map(folder).map(Change::Node));
    facts.extend((0..DOCUMENTS).map(document).map(Change::Node));
    facts
}

fn grants(number: u128) -> Arc<[Grant]> {
    let role = ContentRole::ALL[number as usize % 4];
    match number % 5 {
        0 => Arc::new([Grant { to: Grantee::Group(group(number * 31 % GROUPS)), role }]),
        1 => Arc::new([
            Grant { to: Grantee::User(user(number * 37 % PEOPLE)), role },
            Grant { to: Grantee::Group(group(number * 41 % GROUPS)), role: ContentRole::Viewer },
        ]),
        _ => Arc::new([]),
    }
}

/// The first is the root of what is shared.
fn folder(number: u128) -> Node {
    Node {
        id: folder_id(number),
        kind: NodeKind::Folder,
        name: format!("Folder {number}").into(),
        parent: (number > 0).then(|| folder_id(number / 10)),
        owner: (number > 0).then(|| user(number * 43 % PEOPLE)),
        connection: None,
        restricted: number % 20 == 19,
        locked: number % 50 == 49,
        trashed: false,
        switches: Switches::default(),
        grants: if number < 10 { Arc::new([]) } else { grants(number) },
    }
}

fn document(number: u128) -> Node {
    let everyone = [Grant { to: Grantee::Everyone, role: ContentRole::Viewer }];
    Node {
        id: document_id(number),
        kind: NodeKind::Document,
        name: format!("Document {number}").into(),
        parent: Some(folder_id(number / 10)),
        owner: Some(user(number * 47 % PEOPLE)),
        connection: Some(CONNECTION),
        restricted: number % 30 == 29,
        locked: false,
        trashed: number % 100 == 99,
        switches: Switches::default(),
        grants: if number == EVERYONE { Arc::new(everyone) } else { grants(number) },
    }
}

pub(crate) fn resident_bytes() -> Result<u64, Error> {
    let pages = fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = pages.split(' ').nth(1).ok_or("no resident pages")?.parse()?;
    Ok(pages * 4096)
}

pub(crate) fn short(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds if seconds < 1e-5 => format!("{:.2} µs", seconds * 1e6),
        seconds if seconds < 1e-3 => format!("{:.0} µs", seconds * 1e6),
        seconds => format!("{:.1} ms", seconds * 1e3),
    }
}
