//! The one way from a question to rows: a permit for its kind, the data rules, the verifier. Only then an engine.
use crate::{Error, Question};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Reason, Sealed,
    action::{Query, QueryViews, WriteSql},
    open,
};
use tessera_model::{
    Model,
    request::{FieldQuery, QueryRoot},
};
use tessera_query::{Governed, Settings, govern_sql, govern_topic, govern_view};

/// Opens the model, asked for as `name`, for this kind of question, and applies the data rules to it. Answers also why it
/// was open.
pub(crate) fn govern(
    context: &Arc<AccessContext>,
    name: &str,
    model: Option<Sealed<Model>>,
    question: &Question,
    settings: &Settings,
) -> Result<(Governed, Reason), Error> {
    Ok(match question {
        Question::Fields(request @ FieldQuery { root: QueryRoot::Topic(_), .. }) => {
            let permit = open::<Model, Query>(context, name, model)?;
            (govern_topic(&permit, request, settings)?, permit.because().clone())
        }
        Question::Fields(request @ FieldQuery { root: QueryRoot::View(_), .. }) => {
            let permit = open::<Model, QueryViews>(context, name, model)?;
            (govern_view(&permit, request, settings)?, permit.because().clone())
        }
        Question::Sql(sql) => {
            let permit = open::<Model, WriteSql>(context, name, model)?;
            (govern_sql(&permit, sql, settings)?, permit.because().clone())
        }
    })
}
