//! People, groups, attributes, roles and settings over HTTP, as those who administer them.
use crate::{
    person::{Person, person, user},
    world::{World, request},
};
use axum::http::Method;
use serde_json::{Value, json};
use tessera_base::OrganizationId;
use tessera_store::Chain;

async fn verify(world: &World, organization: OrganizationId) {
    let chain = world.store.verify_audit(organization).await.unwrap();
    assert!(matches!(chain, Chain::Intact(_)), "{chain:?}");
}

impl Person<'_> {
    /// A role in the organization, given to somebody.
    async fn appoint(&self, name: &str, abilities: &[&str]) -> String {
        let role = self.create("roles", json!({"name": format!("{name} of {abilities:?}"), "abilities": abilities}));
        let role = role.await;
        self.set_role(name, &role).await.expect(204);
        role
    }

    async fn set_role(&self, name: &str, role: &str) -> crate::world::Reply {
        self.put(&format!("users/{}/role", self.world.user(name)), json!({"organization_role": role})).await
    }

    async fn assign(&self, to: &str, role: &str) -> crate::world::Reply {
        self.put(&format!("connections/warehouse/roles/{to}"), json!({"role": role})).await
    }

    async fn join(&self, group: &str, member: &str) -> crate::world::Reply {
        self.put(&format!("groups/{group}/members/{member}"), Value::Null).await
    }

    async fn group(&self, key: &str) -> String {
        self.create("groups", json!({"key": key, "name": format!("Group {key}")})).await
    }

    async fn can(&self, path: &str, action: &str) -> bool {
        self.get(path).await.expect(200).json()["can"][action]["allowed"].as_bool().unwrap()
    }

    async fn counts_orders(&self) -> Result<i64, u16> {
        let asked = self.world.sql(&self.cookie, "select count(*) from orders").await;
        match asked.status.as_u16() {
            200 => Ok(asked.json()["rows"][0][0].as_str().unwrap().parse().unwrap()),
            other => Err(other),
        }
    }
}

#[tokio::test]
async fn an_admin_adds_somebody_who_holds_nothing_until_it_is_given() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let new = json!({"email": "Zoe@Acme.example", "name": "Zoë", "timezone": "Europe/Berlin"});
    let id = admin.create("users", new).await;
    let described = admin.get(&format!("users/{id}")).await.expect(200).json();
    assert_eq!(described["email"], "zoe@acme.example");
    assert_eq!(described["organization_role"], json!({"role": "member", "name": "Member"}));
    let access = admin.get(&format!("users/{id}/access")).await.expect(200).json();
    assert_eq!((&access["organization_abilities"], &access["connections"]), (&json!([]), &json!([])));
    admin.assign(&format!("user:{id}"), "querier").await.expect(204);
    let access = admin.get(&format!("users/{id}/access")).await.expect(200).json();
    let abilities = access["connections"][0]["abilities"].as_array().unwrap();
    assert_eq!(abilities.len(), 13);
    assert_eq!(abilities[0], json!({"name": "view_results", "because": "Querier, assigned to them"}));
    admin.post("users", json!({"email": "zoe@acme.example", "name": "Other"})).await.expect(409);
    let found = admin.get("users?search=ZOE").await.expect(200).json();
    assert_eq!(found["users"].as_array().unwrap().len(), 1);
    verify(&world, world.acme).await;
}

#[tokio::test]
async fn pages_of_people_hold_everybody_once() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("users?limit=3{after}")).await.expect(200).json();
        let users = page["users"].as_array().unwrap();
        names.extend(users.iter().map(|user| user["name"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["admin", "modeler", "nobody", "querier", "restricted", "unplaced", "viewer"]);
    let alone = person(&world, "nobody").await.get("users").await.expect(200).json();
    assert_eq!(alone["users"].as_array().unwrap().len(), 1, "somebody without any role knows of themselves alone");
}

#[tokio::test]
async fn nobody_gives_an_ability_that_they_lack() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    admin.appoint("modeler", &["manage_members", "manage_roles", "manage_groups"]).await;
    let auditor = admin.create("roles", json!({"name": "Auditor", "abilities": ["read_audit"]})).await;
    let modeler = person(&world, "modeler").await;

    let refused = modeler.set_role("viewer", "admin").await.expect(403);
    assert!(refused.problem()["needs"][0].as_str().unwrap().contains("admin"), "{}", refused.text());
    let refused = modeler.set_role("viewer", &auditor).await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["read_audit"]));
    modeler.post("users", json!({"email": "a@b.example", "name": "A", "organization_role": "admin"})).await.expect(403);
    modeler.post("roles", json!({"name": "Spy", "abilities": ["read_audit", "manage_members"]})).await.expect(403);
    modeler.set_role("admin", "member").await.expect(403);
    let path = format!("users/{}", world.user("admin"));
    modeler.put(&format!("{path}/status"), json!({"status": "suspended"})).await.expect(403);
    modeler.delete(&path).await.expect(403);

    // What one holds, one may pass on.
    let helper = modeler.create("roles", json!({"name": "Helper", "abilities": ["manage_members"]})).await;
    modeler.set_role("viewer", &helper).await.expect(204);
    assert!(person(&world, "viewer").await.can(&format!("users/{}", world.user("nobody")), "set_status").await);

    // A role that somebody holds who holds more than oneself stays as it is.
    admin.set_role("restricted", &auditor).await.expect(204);
    let version = modeler.version(&format!("roles/{auditor}")).await;
    let widened = json!({"name": "Auditor", "abilities": []});
    let path = format!("roles/{auditor}");
    modeler.send(axum::http::Method::PUT, &path, Some(version), widened).await.expect(403);
    verify(&world, world.acme).await;
}

#[tokio::test]
async fn nobody_lets_others_into_what_they_lack_on_a_connection() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let managers = json!({"name": "Assistant", "tier": "connection_admin", "switched_off": ["manage_connection"]});
    let assistant = admin.create("roles", managers).await;
    admin.assign(&user(&world, "modeler"), &assistant).await.expect(204);
    admin.appoint("modeler", &["manage_groups"]).await;
    let modeler = person(&world, "modeler").await;

    modeler.assign(&user(&world, "viewer"), "modeler").await.expect(204);
    let refused = modeler.assign(&user(&world, "viewer"), "connection_admin").await.expect(403);
    assert_eq!(refused.problem()["needs"], json!(["manage_connection"]));
    admin.assign(&user(&world, "viewer"), "connection_admin").await.expect(204);
    modeler.assign(&user(&world, "viewer"), "viewer").await.expect(403);
    modeler.delete(&format!("connections/warehouse/roles/{}", user(&world, "viewer"))).await.expect(403);

    let strong = modeler.group("strong").await;
    admin.assign(&format!("group:{strong}"), "connection_admin").await.expect(204);
    modeler.join(&strong, &user(&world, "modeler")).await.expect(403);
    let inner = modeler.group("inner").await;
    modeler.join(&strong, &format!("group:{inner}")).await.expect(403);
    admin.join(&strong, &format!("group:{inner}")).await.expect(204);
    modeler.join(&inner, &user(&world, "modeler")).await.expect(403);
    modeler.join(&modeler.group("weak").await, &user(&world, "modeler")).await.expect(204);

    // Taking an ability out of a role that one has is a change of what others have.
    admin.assign(&user(&world, "viewer"), "viewer").await.expect(204);
    let tier = json!({"name": "Assistant", "tier": "connection_admin", "switched_off": []});
    admin.appoint("modeler", &["manage_roles"]).await;
    let path = format!("roles/{assistant}");
    let version = modeler.version(&path).await;
    modeler.send(axum::http::Method::PUT, &path, Some(version), tier).await.expect(403);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let me = format!("users/{}", world.user("admin"));
    admin.put("users/me/role", json!({"organization_role": "member"})).await.expect(409);
    admin.put(&format!("{me}/status"), json!({"status": "suspended"})).await.expect(409);
    admin.delete(&me).await.expect(409);
    assert!(admin.get("settings").await.expect(200).json()["name"].is_string());
}

#[tokio::test]
async fn signing_somebody_out_is_an_action_of_its_own() {
    let world = World::new().await;
    let [admin, querier, viewer] =
        [person(&world, "admin").await, person(&world, "querier").await, person(&world, "viewer").await];
    let sessions = |name: &str| format!("users/{}/sessions", world.user(name));
    let refused = viewer.delete(&sessions("querier")).await.expect(403).problem();
    assert_eq!(refused["detail"], "you may not sign out this person");
    assert_eq!(admin.delete(&sessions("querier")).await.expect(200).json(), json!({"count": 1}));
    querier.get("whoami").await.expect(401);
    // Also the last admin, who can come back.
    admin.delete(&sessions("admin")).await.expect(200);
}

impl Person<'_> {
    /// Tries one of the things that can be done with a person.
    async fn act(&self, name: &str, action: &str) -> crate::world::Reply {
        let path = format!("users/{}", self.world.user(name));
        match action {
            "edit" => self.patch(&path, json!({"timezone": "Europe/Berlin"})).await,
            "set_role" => self.set_role(name, "member").await,
            "set_status" => self.put(&format!("{path}/status"), json!({"status": "suspended"})).await,
            "set_attributes" => self.put(&format!("{path}/attributes/region"), json!({"values": ["ASIA"]})).await,
            "view_as" => self.put("session/view-as", json!({"user": self.world.user(name).to_string()})).await,
            "sign_out" => self.delete(&format!("{path}/sessions")).await,
            "remove" => self.delete(&path).await,
            other => panic!("nothing here does {other}"),
        }
    }
}

/// What `can` says of somebody who is gone, or who is the last admin, is what the act answers, in the same words.
#[tokio::test]
async fn can_says_of_people_what_the_acts_answer() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    admin.act("restricted", "set_status").await.expect(204);
    admin.act("viewer", "remove").await.expect(204);
    let (last, suspended) = ("the last admin can neither be demoted, suspended nor removed", "they are suspended");
    let all = ["edit", "set_role", "set_status", "set_attributes", "view_as", "sign_out", "remove"];
    let refused = [
        ("admin", &["set_role", "set_status", "remove"][..], last),
        ("restricted", &["view_as"], suspended),
        ("viewer", &all, "they were removed"),
    ];
    for (name, refused, why) in refused {
        for action in all.into_iter().filter(|action| name != "admin" || !["view_as", "sign_out"].contains(action)) {
            let can = admin.get(&format!("users/{}", world.user(name))).await.expect(200).json()["can"][action].clone();
            let answer = admin.act(name, action).await;
            assert_eq!(can["allowed"], answer.status.is_success(), "{action} of {name}: {can}");
            assert_eq!(can["allowed"], !refused.contains(&action), "{action} of {name}: {can}");
            if refused.contains(&action) {
                let problem = answer.expect(409).problem();
                assert_eq!((&can["because"], &can["needs"]), (&json!(why), &problem["needs"]), "{action} of {name}");
                assert!(problem["detail"].as_str().unwrap().ends_with(&format!("this person: {why}")), "{problem}");
            }
        }
    }
    verify(&world, world.acme).await;
}

#[tokio::test]
async fn of_two_admins_who_demote_each_other_one_stays() {
    for _ in 0..8 {
        let world = World::new().await;
        let first = person(&world, "admin").await;
        first.set_role("viewer", "admin").await.expect(204);
        let second = person(&world, "viewer").await;
        let (one, other) = tokio::join!(first.set_role("viewer", "member"), second.set_role("admin", "member"));
        let statuses = [one.status.as_u16(), other.status.as_u16()];
        assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 1, "{statuses:?}");
        let snapshot = world.store.snapshot(world.acme).await.unwrap().unwrap();
        assert_eq!(snapshot.people().filter(|person| person.is_admin()).count(), 1);
        verify(&world, world.acme).await;
    }
}

#[tokio::test]
async fn groups_that_are_put_into_one_another_at_once_make_no_cycle() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let (a, b, c) = (admin.group("a").await, admin.group("b").await, admin.group("c").await);
    let member = |id: &str| format!("group:{id}");
    let (ma, mb, mc) = (member(&a), member(&b), member(&c));
    let (one, two, three) = tokio::join!(admin.join(&a, &mb), admin.join(&b, &mc), admin.join(&c, &ma));
    let joined = [one, two, three].iter().filter(|reply| reply.status.as_u16() == 204).count();
    assert_eq!(joined, 2);
    admin.join(&a, &ma).await.expect(422);
    verify(&world, world.acme).await;
}

#[tokio::test]
async fn a_chain_of_groups_ends_at_eight() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let mut outer = admin.group("g1").await;
    for level in 2..=9 {
        let inner = admin.group(&format!("g{level}")).await;
        admin.join(&outer, &format!("group:{inner}")).await.expect(if level < 9 { 204 } else { 422 });
        outer = inner;
    }
}

#[tokio::test]
async fn what_a_group_gives_is_there_with_the_next_request_and_gone_with_it() {
    let world = World::new().await;
    let [admin, nobody] = [person(&world, "admin").await, person(&world, "nobody").await];
    let group = admin.group("europeans").await;
    admin.assign(&format!("group:{group}"), "querier").await.expect(204);
    admin.put(&format!("groups/{group}/attributes/region"), json!({"values": ["EUROPE"]})).await.expect(204);
    assert_eq!(nobody.counts_orders().await, Err(404));
    admin.join("europeans", &user(&world, "nobody")).await.expect(204);
    let seen = nobody.counts_orders().await.unwrap();
    assert_eq!(Ok(seen), person(&world, "querier").await.counts_orders().await);
    let members = admin.get("groups/europeans/members").await.expect(200).json();
    assert_eq!(members["members"], json!([{"member": user(&world, "nobody"), "name": "nobody"}]));
    admin.delete(&format!("groups/{group}")).await.expect(204);
    assert_eq!(nobody.counts_orders().await, Err(404));
    admin.get(&format!("groups/{group}")).await.expect(404);
    verify(&world, world.acme).await;
}

#[tokio::test]
async fn a_value_of_an_attribute_has_its_type_and_decides_at_once() {
    let world = World::new().await;
    let [admin, unplaced] = [person(&world, "admin").await, person(&world, "unplaced").await];
    let path = format!("users/{}/attributes/region", world.user("unplaced"));
    assert_eq!(unplaced.counts_orders().await, Err(403));
    for wrong in [json!([2]), json!([true]), json!([null]), json!([["EUROPE"]]), json!([{"a": 1}])] {
        let refused = admin.put(&path, json!({"values": wrong})).await.expect(422);
        assert!(refused.text().contains("must be a string"), "{}", refused.text());
    }
    admin.put(&path, json!({"values": ["x".repeat(2000)]})).await.expect(422);
    admin.put(&path, json!({"values": "EUROPE"})).await.expect(400);
    assert_eq!(unplaced.counts_orders().await, Err(403), "nothing changed");
    admin.put(&path, json!({"values": ["EUROPE"]})).await.expect(204);
    assert_eq!(unplaced.counts_orders().await, person(&world, "querier").await.counts_orders().await);
    let held = admin.get(&format!("users/{}/attributes", world.user("unplaced"))).await.expect(200).json();
    assert_eq!(held["attributes"][0], json!({"name": "region", "values": ["EUROPE"], "source": "administrator"}));
    admin.delete(&path).await.expect(204);
    assert_eq!(unplaced.counts_orders().await, Err(403));
    admin.put(&path.replace("region", "regio"), json!({"values": ["EUROPE"]})).await.expect(422);
    admin.delete("attributes/region").await.expect(409);
    unplaced.put(&path, json!({"values": ["EUROPE"]})).await.expect(403);
}

#[tokio::test]
async fn an_attribute_that_secures_data_has_no_default() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let declared = json!({"name": "level", "label": "Level", "type": "number", "default": [1]});
    admin.post("attributes", declared.clone()).await.expect(201);
    admin.post("attributes", declared).await.expect(409);
    let shown = admin.get("attributes/level").await.expect(200).json();
    assert_eq!((&shown["type"], &shown["default"]), (&json!("number"), &json!([1])));
    admin.patch("attributes/level", json!({"secures_data": true})).await.expect(422);
    admin.patch("attributes/level", json!({"secures_data": true, "default": null})).await.expect(204);
    admin.patch("attributes/level", json!({"default": [2]})).await.expect(422);
    for wrong in ["Level", "1st", "a-b", "user_id", "", "ключ"] {
        admin.post("attributes", json!({"name": wrong, "label": "L", "type": "string"})).await.expect(422);
    }
    admin.post("attributes", json!({"name": "seen", "label": "L", "type": "timestamp"})).await.expect(422);
    let level = format!("users/{}/attributes/level", world.user("viewer"));
    admin.put(&level, json!({"values": [1]})).await.expect(204);
    let used = admin.delete("attributes/level").await.expect(409).problem();
    let by = "the attribute `level` is still used: values of it are set on 1 person and 0 groups";
    assert_eq!(used["detail"], by);
    admin.delete(&level).await.expect(204);
    admin.delete("attributes/level").await.expect(204);
    admin.get("attributes/level").await.expect(404);
}

#[tokio::test]
async fn two_who_edit_the_same_do_not_overwrite_each_other() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let group = admin.group("team").await;
    let attribute = json!({"name": "level", "label": "Level", "type": "number"});
    admin.post("attributes", attribute).await.expect(201);
    for path in [format!("users/{}", world.user("viewer")), format!("groups/{group}")] {
        let version = Some(admin.version(&path).await);
        let named = |name: &str| json!({"name": name});
        let patch = axum::http::Method::PATCH;
        admin.send(patch.clone(), &path, None, named("Unversioned")).await.expect(428);
        admin.send(patch.clone(), &path, version, named("First")).await.expect(204);
        admin.send(patch, &path, version, named("Second")).await.expect(412);
        assert_eq!(admin.get(&path).await.expect(200).json()["name"], "First");
    }
    let version = Some(admin.version("settings").await);
    let edit = |minutes: u32| json!({"session_idle_minutes": minutes});
    admin.send(axum::http::Method::PATCH, "settings", version, edit(30)).await.expect(204);
    admin.send(axum::http::Method::PATCH, "settings", version, edit(40)).await.expect(412);
    assert_eq!(admin.get("settings").await.expect(200).json()["session_idle_minutes"], 30);
}

#[tokio::test]
async fn settings_are_in_force_with_the_next_request() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    admin.patch("settings", json!({"session_idle_minutes": 4})).await.expect(422);
    admin.patch("settings", json!({"session_idle_minutes": 100, "session_absolute_minutes": 60})).await.expect(422);
    admin.patch("settings", json!({"document_abilities": ["fly"]})).await.expect(422);
    admin.patch("settings", json!({"name": "Acme & Sons", "session_idle_minutes": 10})).await.expect(204);
    assert_eq!(querier.get("whoami").await.expect(200).json()["organization"]["name"], "Acme & Sons");
    world.clock.advance(std::time::Duration::from_secs(11 * 60));
    querier.get("whoami").await.expect(401);
    querier.get("settings").await.expect(401);
}

#[tokio::test]
async fn names_that_deceive_are_refused() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    admin.group("finance").await;
    let long = "n".repeat(121);
    let deceiving = ["", " ", "a\u{0}b", "a\nb", "a\u{202e}b", "fin\u{430}nce", "a\u{200b}b", long.as_str()];
    for name in deceiving {
        admin.post("groups", json!({"key": "other", "name": name})).await.expect(422);
        admin.post("users", json!({"email": "x@acme.example", "name": name})).await.expect(422);
        admin.post("roles", json!({"name": name, "abilities": []})).await.expect(422);
    }
    for name in ["Group finance", "group FINANCE", "Gr0up finance"] {
        admin.post("groups", json!({"key": "other", "name": name})).await.expect(409);
    }
    for name in ["Admin", "QUERIER", "Connection Admin"] {
        admin.post("roles", json!({"name": name, "abilities": []})).await.expect(409);
    }
    for key in ["", "Upper", "a b", "1a", "ä"] {
        admin.post("groups", json!({"key": key, "name": "Fine"})).await.expect(422);
    }
    for email in ["", "x", "x@", "x@y", "x y@z.example", "x@z.example\u{0}"] {
        admin.post("users", json!({"email": email, "name": "Fine"})).await.expect(422);
    }
    admin.post("users", json!({"email": "x@z.example", "name": "F", "timezone": "Mars/Base"})).await.expect(422);
    admin.post("users", json!({"email": "x@z.example", "name": "F", "admin": true})).await.expect(400);
}

#[tokio::test]
async fn a_role_is_removed_once_nobody_holds_it() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    let auditor = admin.appoint("viewer", &["read_audit"]).await;
    let half = json!({"name": "Half", "tier": "querier", "switched_off": ["download"]});
    let half = admin.create("roles", half).await;
    admin.assign("everyone", &half).await.expect(204);
    let used = admin.delete(&format!("roles/{auditor}")).await.expect(409);
    assert!(used.problem()["detail"].as_str().unwrap().ends_with("is still used: it is held once"), "{}", used.text());
    admin.set_role("modeler", &auditor).await.expect(204);
    let used = admin.delete(&format!("roles/{auditor}")).await.expect(409);
    assert!(used.problem()["detail"].as_str().unwrap().ends_with("is still used: it is held twice"), "{}", used.text());
    admin.set_role("modeler", "member").await.expect(204);
    admin.delete(&format!("roles/{half}")).await.expect(409);
    let nobody = person(&world, "nobody").await;
    let abilities = nobody.get("whoami").await.expect(200).json()["connections"][0]["abilities"].clone();
    assert!(!abilities.to_string().contains("\"download\"") && abilities.to_string().contains("\"write_sql\""));
    let beside = json!({"name": "Odd", "tier": "viewer", "switched_off": ["write_sql"]});
    admin.post("roles", beside).await.expect(422);
    admin.set_role("viewer", "member").await.expect(204);
    admin.delete("connections/warehouse/roles/everyone").await.expect(204);
    assert_eq!(nobody.get("whoami").await.expect(200).json()["connections"], json!([]));
    admin.delete(&format!("roles/{auditor}")).await.expect(204);
    admin.delete(&format!("roles/{half}")).await.expect(204);
    admin.set_role("viewer", &auditor).await.expect(422);
    verify(&world, world.acme).await;
}

#[tokio::test]
async fn what_somebody_leaves_behind_is_taken_over() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    let folder = querier.folder("Plans", "mine").await;
    let private = querier.document("Secret plan", &folder).await;
    let shared = admin.folder("Team", "shared").await;
    admin.grant(&format!("folders/{shared}"), &user(&world, "querier"), "editor").await.expect(204);
    let public = querier.document("Report", &shared).await;
    let path = format!("users/{}", world.user("querier"));
    let to = json!({"owner": world.user("modeler").to_string()});
    let there = admin.post(&format!("{path}/take-over"), to.clone()).await.expect(409).problem();
    let why = "you may not take over the content of this person: they are neither suspended nor removed";
    assert_eq!(there["detail"], why);
    admin.get(&format!("documents/{private}")).await.expect(404);
    admin.delete(&path).await.expect(204);
    querier.get("whoami").await.expect(401);
    assert_eq!(admin.get(&path).await.expect(200).json()["status"], "removed");
    admin.get(&format!("documents/{private}")).await.expect(404);
    admin.post(&format!("{path}/take-over"), json!({"owner": path})).await.expect(422);
    admin.post(&format!("{path}/take-over"), to).await.expect(200);
    let modeler = person(&world, "modeler").await;
    assert_eq!(modeler.names("folders/mine/children").await, ["Documents of querier"]);
    modeler.get(&format!("documents/{private}")).await.expect(200);
    let owner = modeler.get(&format!("documents/{public}")).await.expect(200).json()["owner"]["name"].clone();
    assert_eq!(owner, "modeler");
    // The address is free again, and whoever has it next has nothing of it.
    admin.post("users", json!({"email": "querier@test.example", "name": "querier"})).await.expect(201);
    for change in ["status", "role"] {
        let body = json!({"status": {"status": "active"}, "role": {"organization_role": "admin"}});
        admin.put(&format!("{path}/{change}"), body[change].clone()).await.expect(409);
    }
    verify(&world, world.acme).await;
}

/// Whoever may know of somebody is told why nothing can be given to them.
#[tokio::test]
async fn what_cannot_be_given_to_somebody_who_is_gone_says_so() {
    let world = World::new().await;
    let [admin, modeler] = [person(&world, "admin").await, person(&world, "modeler").await];
    for name in ["restricted", "viewer"] {
        admin.act(name, "set_status").await.expect(204);
    }
    admin.act("viewer", "remove").await.expect(204);
    let folder = modeler.folder("Plans", "mine").await;
    let group = admin.group("team").await;
    let take_over = format!("users/{}/take-over", world.user("viewer"));
    for (name, status) in [("restricted", "suspended"), ("viewer", "removed")] {
        let owner = json!({"owner": world.user(name).to_string()});
        let mut refused = vec![
            modeler.put(&format!("folders/{folder}/owner"), owner.clone()).await,
            admin.post(&take_over, owner).await,
        ];
        // What somebody holds while they are suspended is theirs again afterwards.
        let given = [
            modeler.grant(&format!("folders/{folder}"), &user(&world, name), "viewer").await,
            admin.assign(&user(&world, name), "viewer").await,
            admin.join(&group, &user(&world, name)).await,
        ];
        for given in given {
            match status {
                "suspended" => drop(given.expect(204)),
                _ => refused.push(given),
            }
        }
        for refused in refused {
            let problem = refused.expect(422).problem();
            assert_eq!(problem["detail"], format!("nothing can be given to `{name}`, who is {status}"));
        }
    }
}

#[tokio::test]
async fn nothing_of_another_organization_can_be_named() {
    let world = World::new().await;
    let [admin, neighbour] = [person(&world, "admin").await, person(&world, "neighbour").await];
    let group = admin.group("team").await;
    let foreign_group = neighbour.group("team").await;
    let foreign_role = neighbour.create("roles", json!({"name": "Theirs", "abilities": []})).await;
    let foreign_user = world.user("neighbour").to_string();
    let never = "01980000-0000-7000-8000-00000000000b";
    let told =
        |reply: crate::world::Reply, id: &str| (reply.status.as_u16(), reply.problem().to_string().replace(id, "{}"));
    for (theirs, kind) in [(&foreign_user, "user"), (&foreign_group, "group")] {
        for path in [format!("groups/{group}/members"), "connections/warehouse/roles".to_owned()] {
            let body = if path.starts_with("groups") { Value::Null } else { json!({"role": "viewer"}) };
            let named = admin.put(&format!("{path}/{kind}:{theirs}"), body.clone()).await.expect(422);
            let absent = admin.put(&format!("{path}/{kind}:{never}"), body).await.expect(422);
            assert_eq!(told(named, theirs), told(absent, never));
        }
    }
    for role in [&foreign_role, never] {
        admin.set_role("viewer", role).await.expect(422);
        admin.assign("everyone", role).await.expect(422);
    }
    for path in [format!("users/{foreign_user}"), format!("groups/{foreign_group}"), format!("roles/{foreign_role}")] {
        admin.get(&path).await.expect(404);
        admin.delete(&path).await.expect(404);
    }
    verify(&world, world.globex).await;
}

#[tokio::test]
async fn an_organization_leaves_with_everything_and_nothing_of_it_remains() {
    let world = World::new().await;
    let [admin, querier, neighbour] =
        [person(&world, "admin").await, person(&world, "querier").await, person(&world, "neighbour").await];
    let document = querier.document("Plan", "mine").await;
    let draft = format!("documents/{document}/draft");
    let saved = json!({"tiles": ["the plan"]});
    let mut first = crate::world::request(
        axum::http::Method::PUT,
        &querier.cookie,
        &format!("/api/v1/{draft}"),
        Some(&saved.to_string()),
    );
    first.headers_mut().insert("if-none-match", "*".parse().unwrap());
    assert!(world.send(first).await.status.is_success());
    querier.get("organization/export").await.expect(403);
    let exported = admin.get("organization/export").await.expect(200);
    let rows: Vec<Value> = exported.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |table: &str| rows.iter().filter(|row| row["table"] == table).map(|row| &row["row"]).collect::<Vec<_>>();
    assert_eq!(of("organizations").len(), 1);
    assert_eq!(of("users").len(), 7);
    assert_eq!(of("document_drafts")[0]["body_json"], saved);
    assert_eq!(of("attribute_definitions")[0]["secures_data"], true);
    assert_eq!(of("audit_events").last().unwrap()["record_json"]["event"]["type"], "organization_exported");
    assert!(!exported.text().contains("mask_key") && !exported.text().contains("token_hash"));
    let folder = std::env::temp_dir().canonicalize().unwrap();
    assert!(!exported.text().contains(folder.to_str().unwrap()), "where the server keeps its data");
    assert!(!exported.text().contains(&world.globex.to_string()));

    let delete = async |person: &Person<'_>, key: &str| {
        person.send(axum::http::Method::DELETE, "organization", None, json!({"key": key})).await
    };
    delete(&querier, "acme").await.expect(403);
    delete(&admin, "globex").await.expect(422);
    admin.get("whoami").await.expect(200);
    let head = delete(&admin, "acme").await.expect(200).json();
    assert!(head["sequence"].as_u64().unwrap() > of("audit_events").len() as u64);
    for gone in [&admin, &querier] {
        gone.get("whoami").await.expect(401);
    }
    assert!(world.store.organization_by_key("acme").await.unwrap().is_none());
    let left: Vec<String> = world.store.organizations().await.unwrap().into_iter().map(|one| one.key).collect();
    assert_eq!(left, ["globex"]);
    neighbour.get("whoami").await.expect(200);
    verify(&world, world.globex).await;
    #[expect(clippy::disallowed_methods, reason = "the key is free again")]
    let mut bootstrap = world.store.bootstrap().await.unwrap();
    bootstrap.create_organization("acme", "Another").await.unwrap();
    bootstrap.commit().await.unwrap();
}

#[tokio::test]
async fn a_creation_that_is_sent_twice_happens_once() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    let send = async |who: &Person<'_>, key: &str, name: &str| {
        let body = json!({"name": name, "parent": "mine"}).to_string();
        let mut asked = crate::world::request(axum::http::Method::POST, &who.cookie, "/api/v1/folders", Some(&body));
        asked.headers_mut().insert("idempotency-key", key.parse().unwrap());
        world.send(asked).await
    };
    let first = send(&admin, "k1", "Plans").await.expect(201).json();
    let (one, other) = tokio::join!(send(&admin, "k1", "Plans"), send(&admin, "k1", "Plans"));
    assert!(one.expect(201).json() == first && other.expect(201).json() == first);
    assert_eq!(admin.names("folders/mine/children").await, ["Plans"]);
    send(&admin, "k1", "Other plans").await.expect(409);
    assert_ne!(send(&querier, "k1", "Plans").await.expect(201).json(), first, "a key is its person's own");
    send(&admin, &"k".repeat(201), "Plans").await.expect(422);
    send(&admin, "k2", "").await.expect(422);
    send(&admin, "k2", "Fine").await.expect(201);
    world.clock.advance(std::time::Duration::from_secs(25 * 60 * 60));
    let admin = person(&world, "admin").await;
    assert_ne!(send(&admin, "k1", "Plans").await.expect(201).json(), first);
    verify(&world, world.acme).await;
}

/// A default never opens a row, and whoever has no value is denied.
#[tokio::test]
async fn no_default_decides_about_data() {
    let world = World::new().await;
    let [admin, unplaced] = [person(&world, "admin").await, person(&world, "unplaced").await];
    assert_eq!(unplaced.counts_orders().await, Err(403));
    let opened = json!({"secures_data": false, "default": ["EUROPE"]});
    let version = Some(admin.version("attributes/region").await);
    let edited = admin.send(axum::http::Method::PATCH, "attributes/region", version, opened).await;
    assert!([204, 409].contains(&edited.status.as_u16()), "{}", edited.text());
    let usual = json!({"name": "usual", "label": "Usual", "type": "string", "secures_data": true});
    admin.post("attributes", usual).await.expect(201);
    admin.patch("attributes/usual", json!({"secures_data": false})).await.expect(409);
    assert_eq!(unplaced.counts_orders().await, Err(403));
}

/// Somebody who holds nothing does not learn who is there by granting, asking or giving away.
#[tokio::test]
async fn whoever_holds_nothing_learns_of_nobody() {
    let world = World::new().await;
    let [admin, nobody] = [person(&world, "admin").await, person(&world, "nobody").await];
    let group = admin.group("team").await;
    let folder = nobody.folder("Mine", "mine").await;
    let never = "01980000-0000-7000-8000-00000000000b";
    let on = format!("folders/{folder}");
    for (hidden, absent) in
        [(user(&world, "viewer"), format!("user:{never}")), (format!("group:{group}"), format!("group:{never}"))]
    {
        let named = nobody.grant(&on, &hidden, "viewer").await.expect(422).text().replace(&hidden, "{}");
        let none = nobody.grant(&on, &absent, "viewer").await.expect(422).text().replace(&absent, "{}");
        let told = |text: String| serde_json::from_str::<Value>(&text).unwrap()["detail"].clone();
        assert_eq!(told(named), told(none));
    }
    let to = |id: String| json!({"owner": id});
    nobody.put(&format!("{on}/owner"), to(world.user("viewer").to_string())).await.expect(422);
    nobody.grant(&on, "everyone", "viewer").await.expect(204);
    let asked = json!({"folder": folder, "action": "view"});
    let answer = nobody.post("explain/who-can", asked).await.expect(200).json();
    assert_eq!(answer["people"].as_array().unwrap().len(), 1, "{answer}");
    let list = nobody.get(&format!("{on}/access-list")).await.expect(200).json();
    assert_eq!(list["people"].as_array().unwrap().len(), 1, "{list}");
    let less = json!({"grant": {"folder": folder, "grantee": "everyone", "role": null}});
    let answer = nobody.post("explain/what-if", less).await.expect(200).json();
    assert!(!answer.to_string().contains("admin"), "{answer}");
}

#[tokio::test]
async fn the_address_of_somebody_with_more_stays() {
    let world = World::new().await;
    let admin = person(&world, "admin").await;
    admin.appoint("nobody", &["manage_members"]).await;
    let nobody = person(&world, "nobody").await;
    let modeler = format!("users/{}", world.user("modeler"));
    nobody.patch(&modeler, json!({"email": "mine@evil.example"})).await.expect(403);
    nobody.patch(&modeler, json!({"name": "Marc the modeler"})).await.expect(204);
    admin.patch(&modeler, json!({"email": "marc@test.example"})).await.expect(204);
}

/// What `can` says of a role and of an attribute is what changing it answers.
#[tokio::test]
async fn can_says_what_a_role_and_an_attribute_would_answer() {
    let world = World::new().await;
    let admin = world.sign_in("admin").await;
    let make = async |body: Value| {
        let made = world.post(&admin, "/api/v1/roles", &body.to_string()).await.expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    };
    let keeper = make(json!({"name": "Keeper", "abilities": ["manage_roles"]})).await;
    let more = make(json!({"name": "More", "abilities": ["manage_members"]})).await;
    let set = json!({"organization_role": keeper}).to_string();
    let path = format!("/api/v1/users/{}/role", world.user("nobody"));
    world.send(request(Method::PUT, &admin, &path, Some(&set))).await.expect(204);
    let person = world.sign_in("nobody").await;

    let read = world.get(&person, &format!("/api/v1/roles/{more}")).await.expect(200);
    let told = read.json()["can"]["edit"].clone();
    assert_eq!((&told["allowed"], &told["needs"]), (&json!(false), &json!(["manage_members"])));
    let less = json!({"name": "More", "abilities": []}).to_string();
    let mut edit = request(Method::PUT, &person, &format!("/api/v1/roles/{more}"), Some(&less));
    edit.headers_mut().insert("if-match", read.header(axum::http::header::ETAG).parse().unwrap());
    assert_eq!(world.send(edit).await.expect(403).problem()["needs"], told["needs"]);

    for (path, used) in
        [(format!("/api/v1/roles/{keeper}"), "held once"), ("/api/v1/attributes/region".to_owned(), "set on")]
    {
        let told = world.get(&admin, &path).await.expect(200).json()["can"]["remove"].clone();
        assert_eq!(told["allowed"], false);
        assert!(told["because"].as_str().unwrap().contains(used), "{told}");
        let refused = world.delete(&admin, &path).await.expect(409).problem();
        assert!(refused["detail"].as_str().unwrap().contains(told["because"].as_str().unwrap()), "{refused}");
    }
    let told = world.get(&admin, &format!("/api/v1/roles/{more}")).await.expect(200).json()["can"]["remove"].clone();
    assert_eq!(told["allowed"], true);
    world.delete(&admin, &format!("/api/v1/roles/{more}")).await.expect(204);
}
