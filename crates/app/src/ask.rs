//! The one way from a question to rows: a permit for its kind, the data rules, the verifier. Only then an engine.
use crate::{Error, Question};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Sealed,
    action::{Query, QueryViews, WriteSql},
    open,
};
use tessera_model::{
    Model,
    request::{FieldQuery, QueryRoot},
};
use tessera_query::{Governed, Settings, govern_sql, govern_topic, govern_view};

/// Opens the model, asked for as `name`, for this kind of question, and applies the data rules to it.
pub(crate) fn govern(
    context: &Arc<AccessContext>,
    name: &str,
    model: Option<Sealed<Model>>,
    question: &Question,
    settings: &Settings,
) -> Result<Governed, Error> {
    Ok(match question {
        Question::Fields(request @ FieldQuery { root: QueryRoot::Topic(_), .. }) => {
            govern_topic(&open::<Model, Query>(context, name, model)?, request, settings)?
        }
        Question::Fields(request @ FieldQuery { root: QueryRoot::View(_), .. }) => {
            govern_view(&open::<Model, QueryViews>(context, name, model)?, request, settings)?
        }
        Question::Sql(sql) => govern_sql(&open::<Model, WriteSql>(context, name, model)?, sql, settings)?,
    })
}
