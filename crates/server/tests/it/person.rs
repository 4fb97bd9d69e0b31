//! The API as somebody who is signed in.
use crate::world::{Reply, World, request};
use axum::http::Method;
use serde_json::{Value, json};

/// Somebody who is signed in.
pub struct Person<'w> {
    pub world: &'w World,
    pub cookie: String,
}

impl Person<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.world.get(&self.cookie, &format!("/api/v1/{path}")).await
    }

    pub async fn send(&self, method: Method, path: &str, version: Option<u64>, body: Value) -> Reply {
        let body = (!body.is_null()).then(|| body.to_string());
        let mut request = request(method, &self.cookie, &format!("/api/v1/{path}"), body.as_deref());
        if let Some(version) = version {
            request.headers_mut().insert("if-match", format!("\"{version}\"").parse().unwrap());
        }
        self.world.send(request).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, None, body).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, None, body).await
    }

    /// Changes what was read at `path`, as it was when it was read.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        let version = self.version(path).await;
        self.send(Method::PATCH, path, Some(version), body).await
    }

    pub async fn version(&self, path: &str) -> u64 {
        let read = self.get(path).await.expect(200);
        read.header(axum::http::header::ETAG).trim_matches('"').parse().unwrap()
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None, Value::Null).await
    }

    pub async fn folder(&self, name: &str, parent: &str) -> String {
        self.create("folders", json!({"name": name, "parent": parent})).await
    }

    pub async fn document(&self, name: &str, folder: &str) -> String {
        self.create("documents", json!({"name": name, "folder": folder, "connection": "warehouse"})).await
    }

    pub async fn create(&self, path: &str, body: Value) -> String {
        let created = self.send(Method::POST, path, None, body).await.expect(201).json();
        created["id"].as_str().unwrap().to_owned()
    }

    pub async fn grant(&self, on: &str, to: &str, role: &str) -> Reply {
        self.put(&format!("{on}/grants/{to}"), json!({"role": role})).await
    }

    pub async fn names(&self, path: &str) -> Vec<String> {
        let listed = self.get(path).await.expect(200).json();
        let lists = ["folders", "documents", "items"].into_iter().filter_map(|key| listed[key].as_array());
        lists.flatten().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    }
}

pub async fn person<'w>(world: &'w World, name: &str) -> Person<'w> {
    Person { world, cookie: world.sign_in(name).await }
}

pub fn user(world: &World, name: &str) -> String {
    format!("user:{}", world.user(name))
}
