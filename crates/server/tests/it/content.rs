//! Folders and documents over HTTP, as the people who share them.
use crate::{
    person::{Person, person, user},
    world::{Reply, World, request},
};
use axum::http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn what_one_makes_is_private_until_it_is_shared() {
    let world = World::new().await;
    let [querier, viewer, admin] =
        [person(&world, "querier").await, person(&world, "viewer").await, person(&world, "admin").await];
    let id = querier.document("Plans", "mine").await;
    let path = format!("documents/{id}");
    assert_eq!(querier.names("documents").await, ["Plans"]);
    for other in [&viewer, &admin] {
        other.get(&path).await.expect(404);
        assert!(other.names("documents").await.is_empty());
    }

    querier.grant(&path, &user(&world, "viewer"), "viewer").await.expect(204);
    let seen = viewer.get(&path).await.expect(200).json();
    assert_eq!(seen["role"]["because"], "granted to you");
    assert_eq!(seen["connection"], "warehouse");
    assert_eq!(seen["can"]["open"]["allowed"], true);
    assert_eq!(
        seen["can"]["edit"],
        json!({
            "allowed": false, "because": "it takes editor and create_documents", "needs": ["editor and create_documents"]
        })
    );
    assert_eq!(viewer.names("shared-with-me").await, ["Plans"]);
    assert!(querier.names("shared-with-me").await.is_empty());

    querier.delete(&format!("{path}/grants/{}", user(&world, "viewer"))).await.expect(204);
    viewer.get(&path).await.expect(404);
    admin.get(&path).await.expect(404);
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other_silently() {
    let world = World::new().await;
    let querier = person(&world, "querier").await;
    let id = querier.document("Plans", "mine").await;
    let path = format!("documents/{id}");
    let rename = json!({"name": "Better plans"});
    assert_eq!(querier.send(Method::PATCH, &path, None, rename.clone()).await.expect(428).problem()["status"], 428);
    let version = querier.get(&path).await.expect(200).json()["version"].as_u64().unwrap();
    querier.send(Method::PATCH, &path, Some(version), rename.clone()).await.expect(204);
    querier.send(Method::PATCH, &path, Some(version), rename).await.expect(412);

    let draft = format!("{path}/draft");
    querier.get(&draft).await.expect(404);
    querier.put(&draft, json!({"tiles": []})).await.expect(428);
    querier.send(Method::PUT, &draft, Some(1), json!({"tiles": []})).await.expect(412);
    let mut first = request(Method::PUT, &querier.cookie, &format!("/api/v1/{draft}"), Some(r#"{"tiles": [1]}"#));
    first.headers_mut().insert("if-none-match", "*".parse().unwrap());
    let first = world.send(first).await.expect(200);
    assert_eq!(first.header(axum::http::header::ETAG), "\"1\"");
    querier.send(Method::PUT, &draft, Some(1), json!({"tiles": [2]})).await.expect(200);
    querier.send(Method::PUT, &draft, Some(1), json!({"tiles": [3]})).await.expect(412);
    assert_eq!(querier.get(&draft).await.expect(200).json()["body"], json!({"tiles": [2]}));
    querier.send(Method::PUT, &draft, Some(2), json!([1])).await.expect(400);
}

#[tokio::test]
async fn readers_see_what_was_published_and_history_comes_back() {
    let world = World::new().await;
    let [querier, viewer] = [person(&world, "querier").await, person(&world, "viewer").await];
    let path = format!("documents/{}", querier.document("Plans", "mine").await);
    querier.grant(&path, "everyone", "viewer").await.expect(204);
    viewer.get(&format!("{path}/body")).await.expect(404);
    let mut first = request(Method::PUT, &querier.cookie, &format!("/api/v1/{path}/draft"), Some(r#"{"a": 1.50}"#));
    first.headers_mut().insert("if-none-match", "*".parse().unwrap());
    world.send(first).await.expect(200);
    viewer.get(&format!("{path}/draft")).await.expect(403);
    let published = querier.send(Method::POST, &format!("{path}/publish"), Some(1), Value::Null).await.expect(200);
    assert_eq!(published.json(), json!({"number": 1}));
    assert_eq!(viewer.get(&format!("{path}/body")).await.expect(200).text(), r#"{"a": 1.50}"#);

    querier.send(Method::PUT, &format!("{path}/draft"), Some(1), json!({"a": 2})).await.expect(200);
    assert_eq!(viewer.get(&format!("{path}/body")).await.expect(200).text(), r#"{"a": 1.50}"#);
    querier.send(Method::POST, &format!("{path}/publish"), Some(1), Value::Null).await.expect(412);
    querier.send(Method::POST, &format!("{path}/publish"), Some(2), Value::Null).await.expect(200);
    let history = querier.get(&format!("{path}/versions")).await.expect(200).json();
    let numbers: Vec<_> = history["versions"].as_array().unwrap().iter().map(|one| one["number"].clone()).collect();
    assert_eq!(numbers, [2, 1]);
    querier.send(Method::POST, &format!("{path}/versions/1/restore"), Some(2), Value::Null).await.expect(200);
    assert_eq!(querier.get(&format!("{path}/draft")).await.expect(200).json()["body"].to_string(), r#"{"a":1.50}"#);
    querier.get(&format!("{path}/versions/7")).await.expect(404);
    viewer.get(&format!("{path}/versions")).await.expect(403);
    // Somebody who holds nothing on the connection is told what it takes to open it.
    let nobody = person(&world, "nobody").await;
    let closed = nobody.get(&format!("{path}/body")).await.expect(403).problem();
    assert_eq!(closed["needs"], json!(["view_results"]));
    assert_eq!(nobody.get(&path).await.expect(200).json()["connection"], Value::Null);
}

#[tokio::test]
async fn folders_give_what_they_hold_and_a_restricted_document_does_not_take_it() {
    let world = World::new().await;
    let [admin, querier, viewer] =
        [person(&world, "admin").await, person(&world, "querier").await, person(&world, "viewer").await];
    let finance = admin.folder("Finance", "shared").await;
    let reports = admin.folder("Reports", &finance).await;
    viewer.get("folders/shared").await.expect(404);
    let at = |folder: &str| format!("folders/{folder}");
    admin.grant(&at(&finance), &user(&world, "querier"), "editor").await.expect(204);
    let inherited = querier.get(&at(&reports)).await.expect(200).json();
    assert_eq!(inherited["role"]["role"], "editor");
    assert_eq!(inherited["role"]["origin"]["inherited_from"], "Finance");
    assert_eq!(querier.names("folders/shared/children").await, ["Finance"]);

    let secret = admin.document("Salaries", &reports).await;
    let open = admin.document("Budget", &reports).await;
    admin.put(&format!("documents/{secret}/restriction"), json!({"restricted": true})).await.expect(204);
    assert_eq!(querier.names(&format!("folders/{reports}/children")).await, ["Budget"]);
    querier.get(&format!("documents/{secret}")).await.expect(404);
    // A folder is there for those who may open something in it, and shows them no more.
    admin.grant(&format!("documents/{open}"), &user(&world, "viewer"), "viewer").await.expect(204);
    assert_eq!(viewer.names("folders/shared/children").await, ["Finance"]);
    assert_eq!(viewer.names(&format!("folders/{finance}/children")).await, ["Reports"]);
    assert_eq!(viewer.names(&format!("folders/{reports}/children")).await, ["Budget"]);
    viewer.get(&format!("folders/{finance}/grants")).await.expect(403);
    viewer.get(&format!("folders/{finance}/access-list")).await.expect(403);

    let list = admin.get(&format!("documents/{open}/access-list")).await.expect(200).json();
    let people = list["people"].as_array().unwrap().iter();
    let people: Vec<String> = people
        .map(|one| {
            format!(
                "{} {} {}",
                one["person"]["name"].as_str().unwrap(),
                one["role"].as_str().unwrap(),
                one["because"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        people,
        [
            "admin manager as owner",
            "querier editor granted to them, inherited from Finance",
            "viewer viewer granted to them",
        ]
    );
    let who = async |who: &Person<'_>, action: &str| {
        who.send(Method::POST, "explain/who-can", None, json!({"document": open, "action": action})).await
    };
    let editors = who(&admin, "edit").await.expect(200).json();
    let editors: Vec<&str> =
        editors["people"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(editors, ["admin", "querier"]);
    assert_eq!(who(&viewer, "view").await.expect(200).json()["total"], 3);
    who(&viewer, "query").await.expect(422);
}

#[tokio::test]
async fn below_a_lock_the_folder_s_managers_alone_share() {
    let world = World::new().await;
    let [admin, querier] = [person(&world, "admin").await, person(&world, "querier").await];
    let finance = admin.folder("Finance", "shared").await;
    admin.grant(&format!("folders/{finance}"), &user(&world, "querier"), "editor").await.expect(204);
    let path = format!("documents/{}", querier.document("Budget", &finance).await);
    let viewer = user(&world, "viewer");
    querier.grant(&path, &viewer, "explorer").await.expect(204);
    admin.put(&format!("folders/{finance}/lock"), json!({"locked": true})).await.expect(204);

    let refused = querier.grant(&path, &viewer, "editor").await.expect(403).problem();
    assert_eq!(refused["needs"], json!(["manager of the locked folder above"]));
    querier.grant(&path, "everyone", "viewer").await.expect(403);
    let version = querier.get(&path).await.expect(200).json()["version"].as_u64().unwrap();
    querier.send(Method::PUT, &format!("{path}/location"), Some(version), json!({"folder": "mine"})).await.expect(403);
    querier.put(&format!("{path}/owner"), json!({"owner": world.user("viewer").to_string()})).await.expect(403);
    querier.grant(&path, &viewer, "viewer").await.expect(204);
    querier.delete(&format!("{path}/grants/{viewer}")).await.expect(204);
    admin.grant(&path, &viewer, "viewer").await.expect(204);
    querier.put(&format!("folders/{finance}/lock"), json!({"locked": false})).await.expect(403);
}

#[tokio::test]
async fn what_is_thrown_away_can_be_restored_or_deleted_for_ever() {
    let world = World::new().await;
    let [querier, viewer] = [person(&world, "querier").await, person(&world, "viewer").await];
    let folder = querier.folder("Old", "mine").await;
    let document = querier.document("Plans", &folder).await;
    querier.grant(&format!("documents/{document}"), &user(&world, "viewer"), "editor").await.expect(204);
    querier.delete(&format!("folders/{folder}")).await.expect(204);
    for gone in [format!("folders/{folder}"), format!("documents/{document}")] {
        querier.get(&gone).await.expect(404);
        viewer.get(&gone).await.expect(404);
    }
    assert_eq!(querier.names("trash").await, ["Old"]);
    assert!(viewer.names("trash").await.is_empty());
    viewer.send(Method::POST, &format!("trash/{folder}/restore"), None, Value::Null).await.expect(404);
    querier.send(Method::POST, &format!("trash/{folder}/restore"), None, Value::Null).await.expect(204);
    assert_eq!(viewer.names("documents").await, ["Plans"]);

    querier.delete(&format!("documents/{document}")).await.expect(204);
    querier.delete(&format!("folders/{folder}")).await.expect(204);
    let restored = querier.send(Method::POST, &format!("trash/{document}/restore"), None, Value::Null).await;
    assert_eq!(
        restored.expect(409).problem()["detail"],
        "the folder `Old` that it was in is in the trash; restore that first"
    );
    querier.delete(&format!("trash/{folder}")).await.expect(204);
    assert!(querier.names("trash").await.is_empty());
    querier.delete(&format!("trash/{document}")).await.expect(404);
    let stays = querier.delete("folders/mine").await.expect(409).problem();
    assert_eq!(stays["detail"], "you may not throw away this folder: it is always there, and stays as it is");
}

/// A folder's manager does not delete what was hidden from them.
#[tokio::test]
async fn what_the_folder_s_manager_does_not_manage_goes_back_to_its_owner() {
    let world = World::new().await;
    let [querier, modeler] = [person(&world, "querier").await, person(&world, "modeler").await];
    let folder = querier.folder("Team", "mine").await;
    querier.grant(&format!("folders/{folder}"), &user(&world, "modeler"), "editor").await.expect(204);
    let inner = modeler.folder("Private", &folder).await;
    modeler.put(&format!("folders/{inner}/restriction"), json!({"restricted": true})).await.expect(204);
    let secret = modeler.document("Secret", &inner).await;
    let ours = modeler.document("Ours", &folder).await;
    querier.get(&format!("folders/{inner}")).await.expect(404);
    querier.delete(&format!("folders/{folder}")).await.expect(204);
    modeler.get(&format!("documents/{secret}")).await.expect(404);
    querier.delete(&format!("trash/{folder}")).await.expect(204);
    assert_eq!(modeler.names("folders/mine/children").await, ["Private"]);
    modeler.get(&format!("documents/{secret}")).await.expect(200);
    modeler.get(&format!("documents/{ours}")).await.expect(404);
    querier.get(&format!("folders/{inner}")).await.expect(404);
}

#[tokio::test]
async fn a_document_moves_and_changes_hands() {
    let world = World::new().await;
    let [admin, querier, modeler] =
        [person(&world, "admin").await, person(&world, "querier").await, person(&world, "modeler").await];
    let finance = admin.folder("Finance", "shared").await;
    let path = format!("documents/{}", querier.document("Budget", "mine").await);
    let to_finance = json!({"folder": finance});
    querier.send(Method::PUT, &format!("{path}/location"), Some(1), to_finance.clone()).await.expect(404);
    admin.grant(&format!("folders/{finance}"), &user(&world, "querier"), "editor").await.expect(204);
    querier.send(Method::PUT, &format!("{path}/location"), Some(1), to_finance.clone()).await.expect(204);
    querier.send(Method::PUT, &format!("{path}/location"), Some(1), to_finance).await.expect(412);
    assert_eq!(admin.get(&path).await.expect(200).json()["role"]["because"], "as owner, inherited from Finance");

    querier.put(&format!("{path}/owner"), json!({"owner": world.user("modeler").to_string()})).await.expect(204);
    assert_eq!(modeler.get(&path).await.expect(200).json()["role"]["because"], "as owner");
    assert_eq!(querier.get(&path).await.expect(200).json()["role"]["role"], "editor");
    querier.grant(&path, "everyone", "viewer").await.expect(403);
    modeler.send(Method::PUT, &format!("{path}/slug"), Some(2), json!({"slug": "budget"})).await.expect(204);
    assert_eq!(querier.get("documents/budget").await.expect(200).json()["name"], "Budget");
    world.get(&person(&world, "neighbour").await.cookie, "/api/v1/documents/budget").await.expect(404);

    let other = format!("documents/{}", querier.document("Other", "mine").await);
    querier.send(Method::PUT, &format!("{other}/slug"), Some(1), json!({"slug": "budget"})).await.expect(409);
    for slug in ["Budget", "", "-a", "01980000-0000-7000-8000-00000000000a", "a b"] {
        querier.send(Method::PUT, &format!("{other}/slug"), Some(1), json!({"slug": slug})).await.expect(422);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_said_clearly_and_changes_nothing() {
    let world = World::new().await;
    let querier = person(&world, "querier").await;
    let folder = querier.folder("Work", "mine").await;
    let path = format!("folders/{folder}");
    for (name, detail) in [
        ("", "a name is empty"),
        ("Fin\u{200b}ance", "a name cannot hold the invisible character U+200B"),
        ("a\nb", "a name cannot hold the invisible character U+000A"),
        ("Finаnce", "the word `Finаnce` mixes letters of alphabets that look alike"),
    ] {
        let refused = querier.send(Method::PATCH, &path, Some(1), json!({"name": name})).await.expect(422);
        assert_eq!(refused.problem()["detail"], detail);
    }
    let long = json!({"name": "x".repeat(121)});
    querier.send(Method::PATCH, &path, Some(1), long).await.expect(422);
    for header in ["3", "\"x\"", "W/\"1\""] {
        let mut asked = request(Method::PATCH, &querier.cookie, &format!("/api/v1/{path}"), Some(r#"{"name": "a"}"#));
        asked.headers_mut().insert("if-match", header.parse().unwrap());
        world.send(asked).await.expect(400);
    }
    querier.send(Method::POST, "folders", None, json!({"name": "a", "parent": folder, "more": 1})).await.expect(400);
    querier.send(Method::POST, "folders", None, json!({"name": "a", "parent": "nowhere"})).await.expect(404);
    let to_neighbour = format!("{path}/grants/{}", user(&world, "neighbour"));
    let to_nobody = format!("{path}/grants/user:01980000-0000-7000-8000-00000000000b");
    let theirs = querier.put(&to_neighbour, json!({"role": "viewer"})).await.expect(422);
    let never = querier.put(&to_nobody, json!({"role": "viewer"})).await.expect(422);
    let told = |reply: &Reply| reply.problem()["detail"].as_str().unwrap().split('`').next().unwrap().to_owned();
    assert_eq!(told(&theirs), told(&never));
    querier.grant(&path, "everyone", "owner").await.expect(422);
    querier.grant(&path, "team", "viewer").await.expect(422);
    querier.put(&format!("{path}/owner"), json!({"owner": world.user("neighbour").to_string()})).await.expect(422);
    querier.delete(&format!("{path}/grants/everyone")).await.expect(404);
    querier.put("folders/mine/restriction", json!({"restricted": true})).await.expect(409);
    assert_eq!(querier.get(&path).await.expect(200).json()["version"], 1);

    let mut deepest = folder.clone();
    for level in 2..=7 {
        deepest = querier.folder(&format!("level {level}"), &deepest).await;
    }
    let refused = querier.send(Method::POST, "folders", None, json!({"name": "level 8", "parent": deepest})).await;
    assert_eq!(refused.expect(422).problem()["detail"], "folders nest at most 7 deep");
    let circle = json!({"folder": deepest});
    let refused = querier.send(Method::PUT, &format!("{path}/location"), Some(1), circle).await.expect(422);
    assert_eq!(refused.problem()["detail"], "a folder cannot be inside itself");
    let other = querier.folder("Other", "mine").await;
    let too_deep = json!({"folder": other});
    querier.send(Method::PUT, &format!("{path}/location"), Some(1), too_deep).await.expect(422);
}

#[tokio::test]
async fn a_list_of_documents_is_read_page_by_page() {
    let world = World::new().await;
    let querier = person(&world, "querier").await;
    let folder = querier.folder("Work", "mine").await;
    for number in 0..5 {
        querier.document(&format!("D{number}"), &folder).await;
        world.clock.advance(std::time::Duration::from_millis(2));
    }
    for list in ["documents".to_owned(), format!("folders/{folder}/children")] {
        let mut names = Vec::new();
        let mut next = String::new();
        for _ in 0..3 {
            let page = querier.get(&format!("{list}?limit=2{next}")).await.expect(200).json();
            names.extend(
                page["documents"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()),
            );
            next = page["next"].as_str().map(|id| format!("&before={id}")).unwrap_or_default();
        }
        assert_eq!(names, ["D4", "D3", "D2", "D1", "D0"]);
        assert!(next.is_empty());
    }
    // Folders that fill a page exactly are not the end.
    for number in 0..2 {
        querier.folder(&format!("F{number}"), &folder).await;
        world.clock.advance(std::time::Duration::from_millis(2));
    }
    for limit in 1..=8 {
        let (mut names, mut next) = (Vec::new(), String::new());
        loop {
            let page = querier.get(&format!("folders/{folder}/children?limit={limit}{next}")).await.expect(200).json();
            let items = ["folders", "documents"].into_iter().flat_map(|kind| page[kind].as_array().unwrap());
            names.extend(items.map(|one| one["name"].as_str().unwrap().to_owned()));
            let Some(id) = page["next"].as_str() else { break };
            next = format!("&before={id}");
        }
        assert_eq!(names, ["F1", "F0", "D4", "D3", "D2", "D1", "D0"], "{limit}");
    }
    for bad in ["limit=0", "limit=201", "limit=x", "before=x", "after=1"] {
        querier.get(&format!("documents?{bad}")).await.expect(400);
    }
}

#[tokio::test]
async fn what_is_granted_and_taken_is_in_force_with_the_next_request_whoever_reads_meanwhile() {
    let world = World::new().await;
    let [querier, viewer] = [person(&world, "querier").await, person(&world, "viewer").await];
    let folder = querier.folder("Team", "mine").await;
    let document = querier.document("Report", &folder).await;
    let (on, path) = (format!("folders/{folder}"), format!("documents/{document}"));
    let grantee = user(&world, "viewer");
    let taken = format!("{on}/grants/{grantee}");
    for _ in 0..25 {
        let (granted, one, other) =
            tokio::join!(querier.grant(&on, &grantee, "viewer"), viewer.get(&path), viewer.get("documents"));
        granted.expect(204);
        assert!([200, 404].contains(&one.status.as_u16()) && other.status.is_success());
        viewer.get(&path).await.expect(200);
        assert_eq!(viewer.names("documents").await, ["Report"]);
        let (lost, one, other) = tokio::join!(querier.delete(&taken), viewer.get(&path), viewer.get("documents"));
        lost.expect(204);
        assert!([200, 404].contains(&one.status.as_u16()) && other.status.is_success());
        viewer.get(&path).await.expect(404);
        assert!(viewer.names("documents").await.is_empty());
    }
}
