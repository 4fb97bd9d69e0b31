//! Asking for access, and asking why, why not, and what if.
use crate::{
    person::{Person, person, user},
    world::World,
};
use serde_json::{Value, json};

impl Person<'_> {
    async fn ask_for(&self, what: Value) -> String {
        self.create("access-requests", what).await
    }

    async fn requests(&self) -> Vec<Value> {
        let listed = self.get("access-requests").await.expect(200).json();
        listed["requests"].as_array().unwrap().clone()
    }

    /// The one with this id, among those that are listed.
    async fn listed(&self, request: &str) -> Value {
        let requests = self.requests().await;
        requests.into_iter().find(|one| one["id"] == request).unwrap_or_else(|| panic!("no request {request}"))
    }

    async fn approve(&self, request: &str) -> crate::world::Reply {
        self.post(&format!("access-requests/{request}/approval"), Value::Null).await
    }
}

#[tokio::test]
async fn whoever_meets_a_closed_door_asks_and_one_click_opens_it() {
    let world = World::new().await;
    let [querier, modeler, viewer] =
        [person(&world, "querier").await, person(&world, "modeler").await, person(&world, "viewer").await];
    let folder = querier.folder("Plans", "mine").await;
    let document = querier.document("Plan", &folder).await;
    let wanted = json!({"document": document, "action": "edit", "message": "for the review"});
    let request = modeler.ask_for(wanted.clone()).await;
    assert_eq!(modeler.ask_for(wanted).await, request, "asking twice is asking once");
    let mine = &modeler.requests().await[0];
    assert_eq!((&mine["state"], &mine["name"], &mine["needed"]), (&json!("open"), &Value::Null, &Value::Null));
    assert_eq!(mine["can"].as_object().unwrap().keys().collect::<Vec<_>>(), ["withdraw"]);
    assert!(viewer.requests().await.is_empty());
    viewer.get(&format!("access-requests/{request}")).await.expect(404);
    let waiting = &querier.requests().await[0];
    assert_eq!((&waiting["name"], &waiting["message"]), (&json!("Plan"), &json!("for the review")));
    assert_eq!(waiting["needed"], json!({"content_role": "editor", "connection": null, "connection_role": null}));
    modeler.approve(&request).await.expect(403);
    assert_eq!(querier.approve(&request).await.expect(200).json(), json!({"complete": true}));
    assert!(modeler.get(&format!("documents/{document}")).await.expect(200).json()["can"]["edit"]["allowed"] == true);
    assert_eq!(modeler.requests().await[0]["state"], "approved");
    querier.approve(&request).await.expect(409);
    let again = json!({"document": document, "action": "edit"});
    modeler.post("access-requests", again).await.expect(409);
}

#[tokio::test]
async fn what_one_cannot_give_waits_for_somebody_who_can() {
    let world = World::new().await;
    let [admin, querier, nobody] =
        [person(&world, "admin").await, person(&world, "querier").await, person(&world, "nobody").await];
    let document = querier.document("Plan", "mine").await;
    let request = nobody.ask_for(json!({"document": document, "action": "open"})).await;
    assert!(admin.requests().await.is_empty(), "a private document is not told to whoever manages its connection");
    assert_eq!(querier.approve(&request).await.expect(200).json(), json!({"complete": false}));
    nobody.get(&format!("documents/{document}/body")).await.expect(403);
    let waiting = &admin.requests().await[0];
    assert_eq!(waiting["name"], Value::Null);
    assert_eq!(waiting["needed"]["connection_role"], json!({"role": "viewer", "name": "Viewer"}));
    assert_eq!(admin.approve(&request).await.expect(200).json(), json!({"complete": true}));
    assert!(nobody.get(&format!("documents/{document}")).await.expect(200).json()["can"]["open"]["allowed"] == true);
}

#[tokio::test]
async fn a_role_on_a_connection_is_asked_for_by_what_one_wants_to_do() {
    let world = World::new().await;
    let [admin, viewer] = [person(&world, "admin").await, person(&world, "viewer").await];
    let request = viewer.ask_for(json!({"connection": "warehouse", "action": "write_sql"})).await;
    assert_eq!(admin.requests().await[0]["needed"]["connection_role"]["role"], "querier");
    assert_eq!(viewer.requests().await[0]["name"], "warehouse");
    admin.approve(&request).await.expect(200);
    world.sql(&viewer.cookie, "select 1").await.expect(200);
    let declined = viewer.ask_for(json!({"connection": "warehouse", "action": "explain_others"})).await;
    admin.post(&format!("access-requests/{declined}/refusal"), Value::Null).await.expect(204);
    assert_eq!(viewer.listed(&declined).await["state"], "declined");
    let withdrawn = viewer.ask_for(json!({"connection": "warehouse", "action": "explain_others"})).await;
    viewer.delete(&format!("access-requests/{withdrawn}")).await.expect(204);
    viewer.delete(&format!("access-requests/{withdrawn}")).await.expect(409);
    admin.approve(&withdrawn).await.expect(409);
}

/// Whether something is there is not told by asking for it, by its state, or by what may be done with the request.
#[tokio::test]
async fn asking_for_what_is_hidden_is_like_asking_for_what_never_was() {
    let world = World::new().await;
    let [querier, viewer, neighbour] =
        [person(&world, "querier").await, person(&world, "viewer").await, person(&world, "neighbour").await];
    let locked = querier.folder("Locked", "mine").await;
    querier.put(&format!("folders/{locked}/lock"), json!({"locked": true})).await.expect(204);
    let hidden = querier.document("Plan", &locked).await;
    let foreign = neighbour.folder("Theirs", "mine").await;
    let never = "01980000-0000-7000-8000-00000000000b";
    let mut told = Vec::new();
    for asked_as in [hidden.as_str(), foreign.as_str(), never] {
        let request = viewer.ask_for(json!({"document": asked_as, "action": "open"})).await;
        let shown = viewer.get(&format!("access-requests/{request}")).await.expect(200).text().to_owned();
        let approved = viewer.approve(&request).await.expect(403).problem().to_string();
        let refused = viewer.post(&format!("access-requests/{request}/refusal"), Value::Null).await.expect(403);
        let answers = [shown, approved, refused.problem().to_string()].join(" ");
        told.push(answers.replace(asked_as, "{}").replace(&request, "{request}"));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert!(neighbour.requests().await.is_empty());
    viewer.post("access-requests", json!({"document": never, "action": "fly"})).await.expect(422);
    viewer.post("access-requests", json!({"document": never, "folder": never, "action": "open"})).await.expect(400);
    let rude = json!({"document": never, "action": "edit", "message": "a\u{202e}".repeat(600)});
    viewer.post("access-requests", rude).await.expect(422);
}

/// What `can` says of a request is what deciding about it answers, with the same reason.
#[tokio::test]
async fn can_says_of_a_request_what_deciding_answers() {
    let world = World::new().await;
    let [admin, modeler, nobody, viewer] = [
        person(&world, "admin").await,
        person(&world, "modeler").await,
        person(&world, "nobody").await,
        person(&world, "viewer").await,
    ];
    let keeper = json!({"name": "Keeper", "tier": "connection_admin", "switched_off": ["download"]});
    let keeper = admin.create("roles", keeper).await;
    let role = format!("connections/warehouse/roles/{}", user(&world, "modeler"));
    admin.put(&role, json!({"role": keeper})).await.expect(204);
    let document = modeler.document("Plan", "mine").await;
    let can = async |who: &Person<'_>, request: &str, action: &str| {
        let shown = who.get(&format!("access-requests/{request}")).await.expect(200).json();
        (shown["can"][action]["allowed"] == true, shown["can"][action]["because"].as_str().unwrap().to_owned())
    };

    // The document is theirs to give, and the role on its connection somebody else's, because it gives what they lack.
    let request = nobody.ask_for(json!({"document": document, "action": "open"})).await;
    assert!(can(&modeler, &request, "approve").await.0);
    assert_eq!(modeler.approve(&request).await.expect(200).json(), json!({"complete": false}));
    let (may, because) = can(&modeler, &request, "approve").await;
    assert!(!may && because.ends_with(", or download"), "{because}");
    let refused = modeler.approve(&request).await.expect(403).problem();
    assert_eq!(refused["needs"].as_array().unwrap().last().unwrap(), "download");
    assert!(can(&modeler, &request, "decline").await.0);
    assert_eq!(admin.approve(&request).await.expect(200).json(), json!({"complete": true}));

    let decided = (false, "it has been decided already".to_owned());
    for (who, action) in [(&modeler, "approve"), (&modeler, "decline"), (&nobody, "withdraw")] {
        assert_eq!(can(who, &request, action).await, decided, "{action}");
    }
    let path = format!("access-requests/{request}");
    for answer in [
        modeler.approve(&request).await,
        modeler.post(&format!("{path}/refusal"), Value::Null).await,
        nobody.delete(&path).await,
    ] {
        let problem = answer.expect(409).problem();
        assert!(
            problem["detail"].as_str().unwrap().ends_with("access request: it has been decided already"),
            "{problem}"
        );
    }

    let request = viewer.ask_for(json!({"document": document, "action": "open"})).await;
    let status = format!("users/{}/status", world.user("viewer"));
    admin.put(&status, json!({"status": "suspended"})).await.expect(204);
    assert_eq!(can(&modeler, &request, "approve").await, (false, "they are suspended".to_owned()));
    let problem = modeler.approve(&request).await.expect(409).problem();
    assert_eq!(problem["detail"], "you may not approve this access request: they are suspended");
}

#[tokio::test]
async fn an_admin_sees_the_product_as_somebody_does_and_changes_nothing() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    let document = querier.document("Plan", "mine").await;
    let as_querier = json!({"user": world.user("querier").to_string()});
    querier.put("session/view-as", json!({"user": world.user("viewer").to_string()})).await.expect(403);
    admin.get(&format!("documents/{document}")).await.expect(404);
    let all = world.sql(&admin.cookie, "select count(*) from orders").await.expect(200).json()["rows"].clone();
    admin.put("session/view-as", as_querier.clone()).await.expect(204);
    let whoami = admin.get("whoami").await.expect(200).json();
    assert_eq!((&whoami["actor"]["name"], &whoami["viewed_by"]["name"]), (&json!("querier"), &json!("admin")));
    admin.get(&format!("documents/{document}")).await.expect(200);
    let seen = world.sql(&admin.cookie, "select count(*) from orders").await.expect(200).json()["rows"].clone();
    let theirs = world.sql(&querier.cookie, "select count(*) from orders").await.expect(200).json()["rows"].clone();
    assert!(seen == theirs && seen != all);
    admin.delete(&format!("documents/{document}")).await.expect(403);
    admin.post("folders", json!({"name": "Mine", "parent": "mine"})).await.expect(403);
    admin.post("access-requests", json!({"connection": "warehouse", "action": "explain_others"})).await.expect(403);
    admin.put("session/view-as", as_querier.clone()).await.expect(403);
    admin.delete("session/view-as").await.expect(204);
    assert_eq!(admin.get("whoami").await.expect(200).json()["actor"]["name"], "admin");

    // Whoever may no longer sees themselves again.
    let other = person(&world, "admin").await;
    other
        .put(&format!("users/{}/role", world.user("modeler")), json!({"organization_role": "admin"}))
        .await
        .expect(204);
    let modeler = person(&world, "modeler").await;
    modeler.put("session/view-as", as_querier).await.expect(204);
    assert_eq!(modeler.get("whoami").await.expect(200).json()["actor"]["name"], "querier");
    let demoted = json!({"organization_role": "member"});
    other.put(&format!("users/{}/role", world.user("modeler")), demoted).await.expect(204);
    assert_eq!(modeler.get("whoami").await.expect(200).json()["actor"]["name"], "modeler");
    let promoted = json!({"organization_role": "admin"});
    other.put(&format!("users/{}/role", world.user("modeler")), promoted).await.expect(204);
    assert_eq!(modeler.get("whoami").await.expect(200).json()["actor"]["name"], "modeler", "it does not come back");
}

#[tokio::test]
async fn whoever_develops_the_rules_may_ask_what_others_see() {
    let world = World::new().await;
    let [admin, modeler, querier] =
        [person(&world, "admin").await, person(&world, "modeler").await, person(&world, "querier").await];
    let of =
        |name: &str| json!({"who": world.user(name).to_string(), "model": "warehouse", "what": {"topic": "orders"}});
    let own =
        querier.post("explain", json!({"model": "warehouse", "what": {"topic": "orders"}})).await.expect(200).json();
    let asked = admin.post("explain", of("querier")).await.expect(200).json();
    let (rules, theirs) = (own["governed_by"].to_string(), asked["governed_by"].to_string());
    assert!(rules.contains("set on you") && rules.replace("set on you", "set on them") == theirs, "{asked}");
    assert_eq!(own["fields"], asked["fields"]);
    let refused = admin.post("explain", of("nobody")).await.expect(200).json();
    assert_eq!(refused["decision"], "denied");
    querier.post("explain", of("viewer")).await.expect(403);
    modeler.post("explain", of("viewer")).await.expect(403);
    let closed = modeler
        .post(
            "explain",
            json!({"model": "warehouse", "what": {"topic": "orders"},
        "attributes": {"region": []}}),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(closed["decision"], "denied", "{closed}");
    let asia = json!({"model": "warehouse", "what": {"topic": "orders"}, "attributes": {"region": ["ASIA"]}});
    let supposed = modeler.post("explain", asia.clone()).await.expect(200).json();
    assert!(supposed["governed_by"].to_string().contains("ASIA"), "{supposed}");
    querier.post("explain", asia).await.expect(403);
    let wrong = json!({"model": "warehouse", "what": {"topic": "orders"}, "attributes": {"region": [1]}});
    modeler.post("explain", wrong).await.expect(422);
}

/// What is said about somebody else does not speak to them, and what is said to oneself does.
#[tokio::test]
async fn words_about_somebody_else_do_not_call_the_reader_by_their_name() {
    let world = World::new().await;
    let [admin, modeler] = [person(&world, "admin").await, person(&world, "modeler").await];
    let folder = modeler.folder("Plans", "mine").await;
    let path = format!("folders/{folder}");
    modeler.grant(&path, &user(&world, "querier"), "viewer").await.expect(204);
    modeler.grant(&path, &user(&world, "admin"), "manager").await.expect(204);
    let speaks = |text: &str| text.split(|c: char| !c.is_alphabetic()).any(|word| ["you", "your"].contains(&word));
    let questions = [
        json!({"topic": "orders"}),
        json!({"view": "orders"}),
        json!({"sql": "select status, phone from orders, customers"}),
        json!({"request": {"topic": "orders", "fields": ["customers.phone", "orders.count"]}}),
    ];
    for name in ["querier", "restricted", "viewer", "unplaced", "nobody"] {
        for what in &questions {
            let asked = json!({"who": world.user(name).to_string(), "model": "warehouse", "what": what});
            let told = admin.post("explain", asked).await.expect(200);
            assert!(!speaks(&told.text().to_lowercase()), "{name}: {}", told.text());
        }
        let access = admin.get(&format!("users/{}/access", world.user(name))).await.expect(200);
        assert!(!speaks(access.text()), "{}", access.text());
    }
    let of_admin = json!({"who": world.user("admin").to_string(), "model": "warehouse", "what": {"topic": "orders"}});
    let summary = admin.post("explain", of_admin).await.expect(200).json()["summary"].clone();
    assert_eq!(summary, "You may query this. Nothing limits it.");
    let refused = json!({"who": world.user("viewer").to_string(), "model": "warehouse", "what": {"topic": "orders"}});
    let summary = admin.post("explain", refused).await.expect(200).json()["summary"].clone();
    assert_eq!(summary, "They may not ask questions themselves here.");

    let because = |people: Value| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let one = |one: &Value| {
            let (name, because) = (one.get("person").unwrap_or(one), one.get("access").unwrap_or(one));
            (text(&name["name"]), text(&because["because"]))
        };
        people.as_array().unwrap().iter().map(one).collect()
    };
    let list = admin.get(&format!("{path}/access-list")).await.expect(200).json();
    let told = because(list["people"].clone());
    let expected = [("admin", "granted to you"), ("modeler", "as owner"), ("querier", "granted to them")];
    assert_eq!(told.iter().map(|(name, because)| (name.as_str(), because.as_str())).collect::<Vec<_>>(), expected);
    let able = json!({"connection": "warehouse", "action": "write_sql"});
    let told = because(admin.post("explain/who-can", able).await.expect(200).json()["people"].clone());
    assert!(told.contains(&("querier".to_owned(), "Querier, assigned to them".to_owned())), "{told:?}");
}

#[tokio::test]
async fn what_a_change_would_do_is_what_it_does() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    let group = admin.create("groups", json!({"key": "team", "name": "Team"})).await;
    admin.put(&format!("connections/warehouse/roles/group:{group}"), json!({"role": "viewer"})).await.expect(204);
    let folder = admin.folder("Shared plans", "shared").await;
    admin.grant(&format!("folders/{folder}"), &format!("group:{group}"), "editor").await.expect(204);
    let joins = json!({"member": {"group": group, "member": user(&world, "nobody"), "inside": true}});
    let answer = admin.post("explain/what-if", joins.clone()).await.expect(200).json();
    let nobody = person(&world, "nobody").await;
    assert_eq!(nobody.get("whoami").await.expect(200).json()["connections"], json!([]), "nothing was done");
    assert_eq!(answer["total"], 1);
    let gained = &answer["people"][0];
    assert_eq!(gained["person"]["name"], "nobody");
    assert_eq!(gained["connections"][0]["gained"], json!(["view_results", "filter_and_drill", "download", "schedule"]));
    let content = json!([{"id": folder, "name": "Shared plans", "before": null, "after": "editor"}]);
    assert_eq!(gained["content"], content);
    admin.put(&format!("groups/{group}/members/{}", user(&world, "nobody")), Value::Null).await.expect(204);
    assert_eq!(nobody.get(&format!("folders/{folder}")).await.expect(200).json()["role"]["role"], "editor");
    let now = nobody.get("whoami").await.expect(200).json()["connections"][0]["abilities"].clone();
    assert_eq!(now.as_array().unwrap().len(), 4);
    querier.post("explain/what-if", joins).await.expect(403);

    let last = json!({"status": {"user": world.user("admin").to_string(), "status": "suspended"}});
    admin.post("explain/what-if", last).await.expect(409);
    let role =
        admin.create("roles", json!({"name": "Members", "abilities": ["manage_members", "manage_groups"]})).await;
    admin.put(&format!("users/{}/role", world.user("viewer")), json!({"organization_role": role})).await.expect(204);
    let viewer = person(&world, "viewer").await;
    let crown = json!({"organization_role": {"user": world.user("nobody").to_string(), "organization_role": "admin"}});
    viewer.post("explain/what-if", crown).await.expect(403);
    admin.put(&format!("connections/warehouse/roles/group:{group}"), json!({"role": "modeler"})).await.expect(204);
    let strong = json!({"member": {"group": group, "member": user(&world, "viewer"), "inside": true}});
    viewer.post("explain/what-if", strong).await.expect(403);

    let suspended = json!({"status": {"user": world.user("querier").to_string(), "status": "suspended"}});
    let lost = admin.post("explain/what-if", suspended).await.expect(200).json();
    assert_eq!(lost["people"][0]["connections"][0]["lost"].as_array().unwrap().len(), 13);
    let cycle = json!({"member": {"group": group, "member": format!("group:{group}"), "inside": true}});
    admin.post("explain/what-if", cycle).await.expect(422);
    admin.post("explain/what-if", json!({})).await.expect(400);
    let private = querier.document("Private", "mine").await;
    let hidden = json!({"grant": {"document": private, "grantee": "everyone", "role": "viewer"}});
    admin.post("explain/what-if", hidden).await.expect(404);
}

#[tokio::test]
async fn who_can_is_asked_of_connections_and_people_too() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    let names = async |body: Value| {
        let answer = admin.post("explain/who-can", body).await.expect(200).json();
        let people = answer["people"].as_array().unwrap().clone();
        people.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let on = |action: &str| json!({"connection": "warehouse", "action": action});
    assert_eq!(names(on("write_sql")).await, ["admin", "modeler", "querier", "unplaced"]);
    assert_eq!(names(on("assign_roles")).await, ["admin"]);
    let suspending = json!({"user": world.user("querier").to_string(), "action": "set_status"});
    assert_eq!(names(suspending.clone()).await, ["admin"]);
    querier.post("explain/who-can", on("write_sql")).await.expect(403);
    let of_another = json!({"user": world.user("viewer").to_string(), "action": "set_status"});
    querier.post("explain/who-can", of_another).await.expect(403);
    querier.post("explain/who-can", suspending).await.expect(200);
    admin.post("explain/who-can", on("fly")).await.expect(422);
}
