use crate::{
    extract::Opened,
    problem::{Kind, Problem},
    wire,
};
use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
};
use tessera_access::action::Query;
use tessera_model::{
    Model,
    file::{Node, NodeKind},
};
use tessera_query::{FieldEntry, Refusal, RefusalKind, TopicDescription, ViewEntry};
use wire::model::{Field, Topic, View};

/// What of a topic the person may see.
#[utoipa::path(
    get,
    path = "/api/v1/models/{model}/topics/{topic}",
    tag = "models",
    params(
        ("model" = String, Path, description = "the model's id"),
        ("topic" = String, Path, description = "the topic's name"),
    ),
    responses(
        (status = 200, body = Topic),
        (status = 401, body = wire::problem::Problem),
        (status = 403, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
    )
)]
pub(crate) async fn describe_topic(
    Opened(model): Opened<Model, Query>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Topic>, Problem> {
    let Path((_, name)) = path.map_err(|_| Problem::new(Kind::NotFound, "no such topic"))?;
    let described = tessera_query::describe_topic(&model, &name);
    // In an address, an unknown name is a page that does not exist.
    let not_found = |refusal: Refusal| match refusal.kind {
        RefusalKind::Unknown => Problem::new(Kind::NotFound, refusal.message),
        _ => refusal.into(),
    };
    described.map(|topic| Json(self::topic(topic))).map_err(not_found)
}

fn topic(described: TopicDescription) -> Topic {
    Topic {
        name: described.topic.name,
        label: described.topic.label,
        description: described.topic.description,
        base_view: described.topic.base_view,
        timezone: described.timezone.name().to_owned(),
        default_row_limit: described.default_row_limit,
        default_filters: described.default_filters.iter().map(json).collect(),
        views: described.views.into_iter().map(view).collect(),
    }
}

fn view(view: ViewEntry) -> View {
    View { name: view.name, label: view.label, fields: view.fields.into_iter().map(field).collect() }
}

fn field(field: FieldEntry) -> Field {
    Field {
        name: field.name,
        label: field.label,
        description: field.description,
        kind: if field.is_measure { "measure" } else { "dimension" },
        value_type: field.value_type.name(),
        format: field.format,
        group_label: field.group_label,
        timeframes: field.timeframes.into_iter().map(|frame| frame.name()).collect(),
        masked: field.masked,
        suggest: field.suggest,
        tags: field.tags,
        synonyms: field.synonyms,
    }
}

/// A part of a model file, as the JSON that a request would have.
fn json(node: &Node) -> serde_json::Value {
    match &node.kind {
        NodeKind::Null => serde_json::Value::Null,
        NodeKind::Boolean(boolean) => (*boolean).into(),
        NodeKind::Number(number) => {
            let text = number.to_string();
            text.parse().map_or_else(|_| text.into(), serde_json::Value::Number)
        }
        NodeKind::String(text) => text.text.clone().into(),
        NodeKind::List(items) => items.iter().map(json).collect(),
        NodeKind::Map(entries) => entries.iter().map(|(key, node)| (key.text.clone(), json(node))).collect(),
    }
}
