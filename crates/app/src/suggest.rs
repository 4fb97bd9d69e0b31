//! Values to choose from in a filter: a governed field query like any other.
use crate::{Answer, App, Ask, Error, Question};
use serde_json::Value;
use std::sync::Arc;
use tessera_access::AccessContext;
use tessera_base::QueryId;
use tessera_engine::render::JsonRows;
use tessera_model::request::FieldName;

/// Which values are wanted.
#[derive(Clone, Debug)]
pub struct Suggest {
    pub model: String,
    pub topic: String,
    pub field: FieldName,
    pub contains: Option<String>,
    pub limit: u64,
}

/// The values of a field that the person may see, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestions {
    pub values: Vec<Option<String>>,
    /// There are more.
    pub truncated: bool,
}

const MOST: u64 = 1_000;

impl App {
    pub async fn suggest(
        &self,
        context: &Arc<AccessContext>,
        id: QueryId,
        suggest: &Suggest,
    ) -> Result<Suggestions, Error> {
        let limit = suggest.limit.clamp(1, MOST);
        // One more than wanted tells whether there are more.
        let query =
            tessera_query::suggestion_query(&suggest.topic, &suggest.field, suggest.contains.as_deref(), limit + 1);
        let ask = Ask { id, model: suggest.model.clone(), question: Question::Fields(query), download: false };
        let mut answer = self.run_query(context, &ask).await?;
        let found = values(&mut answer).await;
        let outcome = found.as_ref().map(|_| ()).map_err(Error::clone);
        self.end_query(context, answer, outcome).await?;
        let mut values = found?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let truncated = values.len() > most;
        values.truncate(most);
        Ok(Suggestions { values, truncated })
    }
}

/// The one column of an answer, in the words of a JSON answer.
async fn values(answer: &mut Answer) -> Result<Vec<Option<String>>, Error> {
    let mut rows = JsonRows::new(answer.rows().zones());
    let mut text = String::from("[");
    while let Some(batch) = answer.next().await? {
        let bytes = rows.rows(&batch).map_err(|error| Error::Unwritable(Arc::new(error)))?;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    text.push(']');
    let rows: Vec<[Value; 1]> = serde_json::from_str(&text).map_err(|error| Error::Unwritable(Arc::new(error)))?;
    let value = |[value]: [Value; 1]| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    Ok(rows.into_iter().map(value).collect())
}
