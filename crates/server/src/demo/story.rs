//! What the people of the demonstration have done before a visitor comes: `demo/story.json`, through the API, each as
//! themselves. What they did is in the audit trail, and what they were refused.
use super::script::Script;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{
        HeaderValue, Method, Request,
        header::{CONTENT_TYPE, COOKIE, ETAG, HOST, IF_MATCH, IF_NONE_MATCH, SET_COOKIE},
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use tower::ServiceExt as _;

const MOST_BYTES: usize = 1 << 20;

/// One request. `{name}` stands for what an earlier step kept.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Step {
    r#as: String,
    get: Option<String>,
    post: Option<String>,
    put: Option<String>,
    delete: Option<String>,
    #[serde(default)]
    body: Value,
    /// The name under which the answer's `id` is kept.
    keep: Option<String>,
    /// What is changed, for `If-Match`.
    version_of: Option<String>,
    /// There is none yet, for `If-None-Match`.
    #[serde(default)]
    first: bool,
    /// A closed door.
    #[serde(default)]
    refused: bool,
}

/// A story that its people cannot play.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoryError {
    #[error("demo/story.json cannot be read")]
    Unreadable(#[source] serde_json::Error),
    #[error("in demo/story.json, step {number} was answered {status}: {answer}")]
    Step { number: usize, status: u16, answer: String },
}

pub(crate) async fn play(router: &Router, host: &str) -> Result<(), StoryError> {
    let steps: Vec<Step> = serde_json::from_slice(&Script::story()).map_err(StoryError::Unreadable)?;
    let mut stage = Stage { router, host, cookies: HashMap::new(), kept: HashMap::new() };
    for (position, step) in steps.iter().enumerate() {
        stage.step(step).await.map_err(|(status, answer)| StoryError::Step { number: position + 1, status, answer })?;
    }
    Ok(())
}

struct Stage<'a> {
    router: &'a Router,
    host: &'a str,
    cookies: HashMap<String, HeaderValue>,
    kept: HashMap<String, String>,
}

type Refused = (u16, String);

impl Stage<'_> {
    async fn step(&mut self, step: &Step) -> Result<(), Refused> {
        let (method, path) = match (&step.get, &step.post, &step.put, &step.delete) {
            (Some(path), ..) => (Method::GET, path),
            (_, Some(path), ..) => (Method::POST, path),
            (_, _, Some(path), _) => (Method::PUT, path),
            (.., Some(path)) => (Method::DELETE, path),
            _ => return Err((0, "a step gets, posts, puts or deletes something".to_owned())),
        };
        let cookie = self.sign_in(&step.r#as).await?;
        let mut request = self.request(method, &format!("/api/v1{}", self.fill(path)), Some(&cookie), &step.body);
        if let Some(changed) = &step.version_of {
            let read =
                self.request(Method::GET, &format!("/api/v1{}", self.fill(changed)), Some(&cookie), &Value::Null);
            let (_, version, _) = self.send(read).await?;
            request.headers_mut().extend(version.map(|version| (IF_MATCH, version)));
        }
        if step.first {
            request.headers_mut().insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        }
        let answered = self.send(request).await;
        let body = match (answered, step.refused) {
            (Ok((body, ..)), false) => body,
            (Err(_), true) => return Ok(()),
            (Ok(_), true) => return Err((200, "this door was to be closed".to_owned())),
            (Err(refused), false) => return Err(refused),
        };
        if let Some(name) = &step.keep {
            let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
            let id = answer["id"].as_str().ok_or_else(|| (200, "an answer without an `id`".to_owned()))?;
            self.kept.insert(name.clone(), id.to_owned());
        }
        Ok(())
    }

    async fn sign_in(&mut self, person: &str) -> Result<HeaderValue, Refused> {
        if let Some(cookie) = self.cookies.get(person) {
            return Ok(cookie.clone());
        }
        let request = self.request(Method::POST, "/demo/sign-in", None, &json!({"person": person}));
        let (_, _, cookie) = self.send(request).await?;
        let cookie = cookie.ok_or_else(|| (200, "no session".to_owned()))?;
        self.cookies.insert(person.to_owned(), cookie.clone());
        Ok(cookie)
    }

    fn request(&self, method: Method, path: &str, cookie: Option<&HeaderValue>, body: &Value) -> Request<Body> {
        let text = if body.is_null() { String::new() } else { self.fill(&body.to_string()) };
        let mut request = Request::new(Body::from(text));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(HeaderValue::try_from(self.host).ok().map(|host| (HOST, host)));
        headers.extend(cookie.map(|cookie| (COOKIE, cookie.clone())));
        request
    }

    /// The body, its version, and the cookie that came with it.
    async fn send(&self, request: Request<Body>) -> Result<(Bytes, Option<HeaderValue>, Option<HeaderValue>), Refused> {
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), MOST_BYTES).await.unwrap_or_default();
        if !status.is_success() {
            return Err((status.as_u16(), String::from_utf8_lossy(&body).into_owned()));
        }
        let cookie = headers.get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next()?.parse().ok());
        Ok((body, headers.get(ETAG).cloned(), cookie))
    }

    fn fill(&self, text: &str) -> String {
        self.kept.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }
}
