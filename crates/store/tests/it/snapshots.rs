//! A snapshot is read from the database by the page, as texts that hold many rows.
use crate::world::{Company, World};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{ContentRole, Grant, Grantee, HeldOrganizationRole, OrganizationRole, Snapshot};
use tessera_base::{Name, NodeId, TimeZone};
use tessera_store::NewUser;

/// Some more than a page holds.
const DOCUMENTS: usize = 2_100;

async fn read_anew(world: &World, company: Company) -> Arc<Snapshot> {
    world.store.forget_idle();
    world.store.snapshot(company.organization).await.unwrap().unwrap()
}

#[tokio::test]
async fn an_organization_larger_than_a_page_is_read_whole() {
    let world = World::new().await;
    let Company { quinn, analysts, warehouse, .. } = world.acme;
    let shared = read_anew(&world, world.acme).await.nodes().root(None).unwrap().id;
    let mut written: BTreeMap<NodeId, (String, Vec<Grant>)> = BTreeMap::new();
    world
        .administer(world.acme, async |administration| {
            for number in 0..DOCUMENTS {
                let name = Name::parse(&format!("Document {number}")).unwrap();
                let id = administration.create_document(shared, warehouse, name.clone(), quinn).await?;
                let grants = [
                    Grant { to: Grantee::User(quinn), role: ContentRole::ALL[number % 4] },
                    Grant { to: Grantee::Group(analysts), role: ContentRole::Viewer },
                    Grant { to: Grantee::Everyone, role: ContentRole::Explorer },
                ];
                // Each is the first or the last of a page by chance, and must have what it grants.
                let grants = if number % 50 == 0 { grants.to_vec() } else { vec![grants[number % 2]] };
                for grant in &grants {
                    administration.grant(id, grant.to, grant.role).await?;
                }
                written.insert(id, (name.to_string(), grants));
            }
            Ok(())
        })
        .await
        .unwrap();

    let snapshot = read_anew(&world, world.acme).await;
    let documents = snapshot.nodes().iter().filter(|(_, node, _)| node.parent == Some(shared));
    let read: BTreeMap<_, _> =
        documents.map(|(_, node, _)| (node.id, (node.name.to_string(), node.grants.to_vec()))).collect();
    assert_eq!(read.len(), DOCUMENTS);
    assert!(read == written);
}

#[tokio::test]
async fn what_people_wrote_is_read_as_it_was() {
    let world = World::new().await;
    let shared = read_anew(&world, world.acme).await.nodes().root(None).unwrap().id;
    let texts = ["", " ", "3 a b", "Zo\u{eb}\n4 O'Neill ", "\u{1F41F} 売上"];
    let mut people = Vec::new();
    let mut documents = Vec::new();
    world
        .administer(world.acme, async |administration| {
            for text in texts {
                let email = format!("{text}@example.com");
                let timezone = (text.len() > 2).then_some(TimeZone::Europe__Berlin);
                let role = HeldOrganizationRole::BuiltIn(OrganizationRole::Member);
                let new = NewUser { email: &email, name: text, role, timezone };
                let user = administration.add_user(new).await?;
                people.push((user, email.clone(), text, timezone));
                let name = Name::parse(&format!("7 {} 7", text.replace('\n', " "))).unwrap();
                let document = administration.create_document(shared, world.acme.warehouse, name.clone(), user).await?;
                documents.push((document, name.to_string()));
            }
            Ok(())
        })
        .await
        .unwrap();

    let snapshot = read_anew(&world, world.acme).await;
    for (id, email, name, timezone) in people {
        let person = snapshot.person(id).unwrap();
        assert_eq!((&*person.email, &*person.name, person.timezone), (&*email, name, timezone));
    }
    for (id, name) in documents {
        assert_eq!(*snapshot.nodes().get(id).unwrap().name, *name);
    }
}
