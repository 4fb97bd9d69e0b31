//! Why somebody may ask something, what limits the answer, and what they would need.
use crate::{App, Error};
use std::sync::Arc;
use tessera_access::{
    AccessContext, Address, Attributes, Denied, Permit, Person, Reason, Sealed,
    action::{Action, Explain, ExplainOthers, Query, QueryViews, ViewSql, WriteSql},
    open,
};
use tessera_model::{
    Model,
    request::{FieldName, FieldQuery, QueryRoot},
};
use tessera_query::{FieldExplanation, Governed, GovernedBy, Refusal, RefusalKind, Settings, Shown, ShownSql};

/// What is asked about.
#[derive(Clone, Debug)]
pub enum What {
    Topic(String),
    View(String),
    Field(FieldName),
    Request(FieldQuery),
    Sql(String),
}

/// The answer to "may I, and why".
#[derive(Debug)]
pub struct Explained {
    pub decision: Decision,
    /// In whole sentences.
    pub summary: String,
    pub because: Vec<String>,
    /// One of these would suffice.
    pub needs: Vec<String>,
    pub governed_by: Vec<GovernedBy>,
    pub fields: Vec<FieldExplanation>,
    /// Only of requests and SQL, and only for those who may read SQL.
    pub sql: Option<ShownSql>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// Nothing limits it.
    Allowed,
    Limited,
    Denied,
}

impl App {
    /// Explains a question without asking it. Hidden and absent models and names are errors, as they are when asked.
    pub async fn explain(&self, context: &Arc<AccessContext>, model: &str, what: &What) -> Result<Explained, Error> {
        let sealed = self.find_model(context, model).await?;
        match explain(context, model, sealed, what, &self.settings(context, false), Tells::WhatExists) {
            Err(Error::Denied(denied @ Denied::NotFound { .. })) => Err(self.deny(context, denied).await),
            explained => explained,
        }
    }
}

impl App {
    /// The same about somebody else, or about what one could ask with other attributes. Models are read by those who
    /// develop their rules, so they may know what others see of them.
    pub async fn explain_of(
        &self,
        person: Permit<Arc<Person>, Explain>,
        attributes: Option<Attributes>,
        model: &str,
        what: &What,
    ) -> Result<Explained, Error> {
        let context = person.context();
        let sealed = self.find_model(context, model).await?;
        if let Err(denied) = open::<Model, ExplainOthers>(context, model, sealed.clone()) {
            return Err(self.deny(context, denied).await);
        }
        let id = person.resource().id;
        let Some(standing) = context.snapshot().member(id) else {
            return Ok(Explained::denied(
                "They have no access: suspended, removed, or no member.".to_owned(),
                Vec::new(),
            ));
        };
        let standing = standing.viewed_by_another(context.user().clone()).told(context.address_of(id));
        let standing = Arc::new(match attributes {
            Some(attributes) => standing.had_they(attributes),
            None => standing,
        });
        #[expect(clippy::disallowed_methods, reason = "somebody else's context, in which nothing is run")]
        let theirs = Arc::new(AccessContext::establish(context.arrival(), context.now(), standing));
        let settings = self.settings(&theirs, false);
        explain(&theirs, model, sealed, what, &settings, Tells::All)
    }
}

/// Who reads the explanation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tells {
    /// The actor: what they may not know of is absent.
    WhatExists,
    /// The keeper of the model: that there is one is no secret.
    All,
}

/// Explains from a model that is at hand.
pub fn explain(
    context: &Arc<AccessContext>,
    name: &str,
    model: Option<Sealed<Model>>,
    what: &What,
    settings: &Settings,
    tells: Tells,
) -> Result<Explained, Error> {
    let open_for_sql = model.clone();
    let address = context.standing().address();
    let explained = match what {
        What::Topic(topic) => {
            permitted::<Query>(context, name, model, |permit| Ok((tessera_query::explain_topic(permit, topic)?, None)))
        }
        What::View(view) => permitted::<QueryViews>(context, name, model, |permit| {
            Ok((tessera_query::explain_view(permit, view)?, None))
        }),
        What::Field(field) => {
            permitted::<Query>(context, name, model, |permit| Ok((tessera_query::explain_field(permit, field)?, None)))
        }
        What::Request(request @ FieldQuery { root: QueryRoot::Topic(_), .. }) => {
            permitted::<Query>(context, name, model, |permit| {
                governed(tessera_query::govern_topic(permit, request, settings)?)
            })
        }
        What::Request(request @ FieldQuery { root: QueryRoot::View(_), .. }) => {
            permitted::<QueryViews>(context, name, model, |permit| {
                governed(tessera_query::govern_view(permit, request, settings)?)
            })
        }
        What::Sql(sql) => permitted::<WriteSql>(context, name, model, |permit| {
            governed(tessera_query::govern_sql(permit, sql, settings)?)
        }),
    };
    let ((explanation, governed), because) = match explained {
        Ok(explained) => explained,
        Err(Error::Denied(denied @ Denied::NotFound { .. })) if tells == Tells::All => {
            let needs = vec!["a role on the connection".to_owned()];
            return Ok(Explained::denied(format!("For {} there is {denied}.", address.object()), needs));
        }
        Err(Error::Denied(Denied::Forbidden { action, decision, .. })) => {
            let needs = decision.needs.iter().map(ToString::to_string).collect();
            let summary = format!("{} may not {} here", address.subject(), verb(action, address));
            return Ok(Explained::denied(sentence(&summary), needs));
        }
        Err(Error::Refused(Refusal { kind: RefusalKind::Closed, message, help, .. })) => {
            let summary = format!("Closed for {}: {message}.", address.object());
            return Ok(Explained::denied(summary, help.into_iter().collect()));
        }
        Err(error) => return Err(error),
    };
    let shown = open::<Model, ViewSql>(context, name, open_for_sql).ok();
    let sql = governed.zip(shown).map(|(governed, permit)| governed.shown(&permit));
    Ok(Explained::permitted(explanation, because, sql, address))
}

type Found = (tessera_query::Explanation, Option<Governed>);

/// Does `find` for those who may do `A`, and says why they may.
fn permitted<A: Action>(
    context: &Arc<AccessContext>,
    name: &str,
    model: Option<Sealed<Model>>,
    find: impl FnOnce(&Permit<Model, A>) -> Result<Found, Refusal>,
) -> Result<(Found, String), Error> {
    let permit = open::<Model, A>(context, name, model)?;
    let told = permit.because().told(context.standing().address());
    let because = match permit.because() {
        Reason::ConnectionRole { ability, .. } => format!("{ability}: {told}"),
        _ => told,
    };
    Ok((find(&permit)?, because))
}

fn governed(governed: Governed) -> Result<Found, Refusal> {
    Ok((governed.explanation().clone(), Some(governed)))
}

fn verb(action: tessera_access::ActionKind, address: Address) -> String {
    use tessera_access::ActionKind as A;
    match action {
        A::Query => format!("ask questions {}", address.reflexive()),
        A::QueryViews => "query single views".to_owned(),
        A::WriteSql => "write SQL".to_owned(),
        A::ViewSql => "read SQL".to_owned(),
        A::Download => "download".to_owned(),
        _ => "do this".to_owned(),
    }
}

impl Explained {
    fn denied(summary: String, needs: Vec<String>) -> Self {
        Self {
            decision: Decision::Denied,
            summary,
            because: Vec::new(),
            needs,
            governed_by: Vec::new(),
            fields: Vec::new(),
            sql: None,
        }
    }

    fn permitted(
        explanation: tessera_query::Explanation,
        because: String,
        sql: Option<ShownSql>,
        address: Address,
    ) -> Self {
        let rules = explanation.governed_by.len();
        let masked = explanation.fields.iter().filter(|field| matches!(field.state, Shown::Masked { .. })).count();
        let limited = rules + masked > 0;
        Self {
            decision: if limited { Decision::Limited } else { Decision::Allowed },
            summary: summary(rules, masked, address),
            because: vec![because],
            needs: Vec::new(),
            governed_by: explanation.governed_by,
            fields: explanation.fields,
            sql,
        }
    }
}

/// `You may query this. Two rules limit the rows and one field is masked.`
fn summary(rules: usize, masked: usize, address: Address) -> String {
    let rows = match rules {
        0 => None,
        1 => Some("one rule limits the rows".to_owned()),
        many => Some(format!("{} rules limit the rows", count(many))),
    };
    let values = match masked {
        0 => None,
        1 => Some("one field is masked".to_owned()),
        many => Some(format!("{} fields are masked", count(many))),
    };
    let limits: Vec<String> = rows.into_iter().chain(values).collect();
    let limits = if limits.is_empty() { "nothing limits it".to_owned() } else { limits.join(" and ") };
    [format!("{} may query this", address.subject()), limits].map(|message| sentence(&message)).join(" ")
}

fn count(number: usize) -> String {
    const WORDS: [&str; 11] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    WORDS.get(number).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// A message as a sentence of its own.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_what_limits_the_answer() {
        let summary = |rules, masked| super::summary(rules, masked, Address::You);
        assert_eq!(summary(0, 0), "You may query this. Nothing limits it.");
        assert_eq!(summary(1, 0), "You may query this. One rule limits the rows.");
        assert_eq!(summary(2, 1), "You may query this. Two rules limit the rows and one field is masked.");
        assert_eq!(summary(0, 12), "You may query this. 12 fields are masked.");
        assert_eq!(super::summary(0, 0, Address::They), "They may query this. Nothing limits it.");
    }
}
