use crate::{
    Api,
    extract::{JsonBody, SignedIn, open_named, read_field_name, read_field_query},
    problem::{Kind, Problem},
    wire,
};
use axum::{Json, extract::State};
use std::{collections::BTreeMap, sync::Arc};
use tessera_access::{
    AccessContext, AttributeState, AttributeValues, Attributes, Person, action::Explain as ExplainAccess,
};
use tessera_app::{Decision, Explained, StoreError, What, read_values};
use tessera_query::{FieldExplanation, Shown, ShownSql};
use wire::access::{Explain, Explanation, FieldState, ShownRule};

/// Says whether the person may ask something, what limits the answer, and why.
#[utoipa::path(
    post,
    path = "/api/v1/explain",
    tag = "access",
    request_body = Explain,
    responses(
        (status = 200, body = Explanation),
        (status = 400, body = wire::problem::Problem),
        (status = 401, body = wire::problem::Problem),
        (status = 404, body = wire::problem::Problem),
        (status = 422, body = wire::problem::Problem),
    )
)]
pub(crate) async fn explain(
    State(api): State<Api>,
    SignedIn(context): SignedIn,
    JsonBody { shape, text }: JsonBody<Explain>,
) -> Result<Json<Explanation>, Problem> {
    let what = what(shape.what, &text)?;
    let explained = match (shape.who.as_deref(), shape.attributes) {
        (None, None) => api.app.explain(&context, &shape.model, &what).await?,
        (who, attributes) => {
            let person = open_named::<Arc<Person>, ExplainAccess>(&api, &context, who.unwrap_or("me")).await?;
            let attributes = attributes.map(|given| attributes_of(&context, given)).transpose()?;
            api.app.explain_of(person, attributes, &shape.model, &what).await?
        }
    };
    Ok(Json(explanation(explained)))
}

/// Attributes that the organization declares, with values of their types.
fn attributes_of(
    context: &AccessContext,
    given: BTreeMap<String, Vec<serde_json::Value>>,
) -> Result<Attributes, Problem> {
    let mut attributes = Attributes::default();
    for (name, values) in given {
        let definition = context.snapshot().attribute(&name);
        let definition = definition.ok_or_else(|| Problem::new(Kind::UnknownName, format!("no attribute `{name}`")))?;
        let values = read_values(definition, &values)?;
        if !definition.multiple && values.len() != 1 {
            return Err(StoreError::OneValue { name, count: values.len() }.into());
        }
        let set = AttributeValues { values, origin: "supposed".to_owned() };
        attributes.set(name, AttributeState::Set(set));
    }
    Ok(attributes)
}

fn what(what: wire::access::What, body: &str) -> Result<What, Problem> {
    let wire::access::What { topic, view, field, request, sql } = what;
    match (topic, view, field, request, sql) {
        (Some(topic), None, None, None, None) => Ok(What::Topic(topic)),
        (None, Some(view), None, None, None) => Ok(What::View(view)),
        (None, None, Some(field), None, None) => read_field_name(&field).map(What::Field),
        (None, None, None, Some(_), None) => read_field_query(body, &["what", "request"]).map(What::Request),
        (None, None, None, None, Some(sql)) => Ok(What::Sql(sql)),
        _ => Err(Problem::new(
            Kind::InvalidRequest,
            "`what` holds exactly one of `topic`, `view`, `field`, `request` and `sql`",
        )),
    }
}

pub(crate) fn explanation(explained: Explained) -> Explanation {
    Explanation {
        decision: match explained.decision {
            Decision::Allowed => wire::access::Decision::Allowed,
            Decision::Limited => wire::access::Decision::Limited,
            Decision::Denied => wire::access::Decision::Denied,
        },
        summary: explained.summary,
        because: explained.because,
        needs: explained.needs,
        governed_by: explained.governed_by.into_iter().map(Into::into).collect(),
        fields: explained.fields.into_iter().map(field).collect(),
        sql: explained.sql.map(|sql| shown(&sql)),
    }
}

fn field(field: FieldExplanation) -> wire::access::FieldExplanation {
    let (state, how) = match field.state {
        Shown::Visible => (FieldState::Visible, None),
        Shown::Masked { how } => (FieldState::Masked, Some(how.to_string())),
    };
    wire::access::FieldExplanation { name: field.name, state, how, because: field.because }
}

/// Browsers count UTF-16 code units.
fn shown(sql: &ShownSql) -> wire::access::ShownSql {
    let units = |bytes: usize| sql.text.get(..bytes).unwrap_or(&sql.text).encode_utf16().count();
    let rules = sql.rules.iter().map(|rule| ShownRule {
        start: units(rule.range.start),
        end: units(rule.range.end),
        relation: rule.relation.clone(),
        label: rule.label.clone(),
    });
    wire::access::ShownSql { text: sql.text.clone(), rules: rules.collect() }
}
