//! Policy tests: what a person must see of a model, and must not; and whether a model without one of its rules would
//! still pass them.
mod given;
mod mutate;
mod result;

pub use given::GivenError;
pub use mutate::Mutant;

use crate::{Error, FolderFailure, Question, Workspace};
use result::Table;
use std::{path::Path, sync::Arc};
use tessera_access::{AccessContext, Denied};
use tessera_base::Instant;
use tessera_engine::EngineHost;
use tessera_model::{
    file::{Expectation, Place, PolicyTest, TestQuery, Word, policy_tests},
    request::{FieldName, FieldQuery, QueryRoot},
};
use tessera_query::{Refusal, RefusalKind, RowLimit, Settings};
use tokio_util::sync::CancellationToken;

/// How one test went.
#[derive(Clone, Debug)]
pub struct TestReport {
    pub at: Place,
    pub name: String,
    /// Empty when it passed.
    pub failures: Vec<String>,
}

/// What came of taking away the rules one by one.
#[derive(Clone, Default, Debug)]
pub struct Mutation {
    pub noticed: usize,
    /// Without these rules, every test passes all the same.
    pub unnoticed: Vec<Mutant>,
}

/// The policy tests of a folder.
pub struct PolicyTests {
    workspace: Workspace,
    tests: Vec<PolicyTest>,
    settings: Settings,
}

impl PolicyTests {
    pub async fn open(folder: &Path, host: Arc<EngineHost>, now: Instant) -> Result<Self, FolderFailure> {
        let workspace = Workspace::open(folder, host, now).await?;
        let tests = policy_tests(workspace.files())?;
        let settings = Settings { now, timezone: None, rows: RowLimit::CommandLine };
        Ok(Self { workspace, tests, settings })
    }

    /// Runs every test, and hands over each report as it comes.
    pub async fn run(&self, mut report: impl FnMut(TestReport)) -> Result<(), FolderFailure> {
        for test in &self.tests {
            let failures = self.run_one(&self.workspace, test).await?;
            report(TestReport { at: test.at.clone(), name: test.name.clone(), failures });
        }
        Ok(())
    }

    /// Takes away each rule of the model in turn. Called when all tests pass: one that fails anyway notices nothing.
    pub async fn mutate(&self) -> Result<Mutation, FolderFailure> {
        let mut mutation = Mutation::default();
        for mutant in mutate::mutants(self.workspace.files()) {
            if self.notice(&mutant).await? {
                mutation.noticed += 1;
            } else {
                mutation.unnoticed.push(mutant);
            }
        }
        Ok(mutation)
    }

    async fn notice(&self, mutant: &Mutant) -> Result<bool, FolderFailure> {
        // A model that does not even load without the rule has noticed.
        let Ok(workspace) = self.workspace.with_files(mutant.files.clone()) else { return Ok(true) };
        for test in &self.tests {
            if !self.run_one(&workspace, test).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn run_one(&self, workspace: &Workspace, test: &PolicyTest) -> Result<Vec<String>, FolderFailure> {
        let given;
        let workspace = if test.given.is_empty() {
            workspace
        } else {
            given = given::workspace(workspace, &test.given, self.settings.now).await?;
            &given.workspace
        };
        let run = Run { workspace, settings: &self.settings };
        run.test(test).await
    }
}

struct Run<'a> {
    workspace: &'a Workspace,
    settings: &'a Settings,
}

impl Run<'_> {
    async fn test(&self, test: &PolicyTest) -> Result<Vec<String>, FolderFailure> {
        let context = self.workspace.actor_of(&test.actor, self.settings.now);
        let question = match &test.query {
            TestQuery::Fields(query) => Question::Fields(query.clone()),
            TestQuery::Sql(sql) => Question::Sql(sql.clone()),
        };
        let outcome = self.ask(&context, &question).await;
        let mut failures = Vec::new();
        for expectation in &test.expect {
            let failure = match (expectation, &outcome) {
                (Expectation::Denied(reason), outcome) => denied(reason, outcome),
                (Expectation::Hidden(fields), _) => self.hidden(&context, &question, fields).await?,
                // One failure says it all.
                (_, Err(_)) if !failures.is_empty() => None,
                (_, Err(failure)) => Some(format!("the question was not answered: {failure}")),
                (Expectation::SameAs(other), Ok(table)) => {
                    let other = self.workspace.actor_of(other, self.settings.now);
                    match self.ask(&other, &question).await {
                        Ok(other) => {
                            (!table.has_rows_of(&other)).then(|| "the other person gets other rows".to_owned())
                        }
                        Err(failure) => Some(format!("the other person gets no answer: {failure}")),
                    }
                }
                (Expectation::Values { column, values }, Ok(table)) => table.check_values(column, values),
                (Expectation::Rows(rows), Ok(table)) => table.check_rows(rows),
                (Expectation::RowCount(count), Ok(table)) => table.check_row_count(*count),
                (Expectation::Masked(columns), Ok(table)) => table.check_masked(columns),
            };
            failures.extend(failure);
        }
        Ok(failures)
    }

    async fn ask(&self, context: &Arc<AccessContext>, question: &Question) -> Result<Table, FolderFailure> {
        let governed = self.workspace.govern(context, question, self.settings)?;
        Table::read(self.workspace.run(context, governed, CancellationToken::new()).await?).await
    }

    /// A hidden field answers like one that does not exist. One that does not exist proves nothing, so it must.
    async fn hidden(
        &self,
        context: &Arc<AccessContext>,
        question: &Question,
        fields: &[Word],
    ) -> Result<Option<String>, FolderFailure> {
        for field in fields {
            let (question, exists) = match question {
                Question::Fields(query) => {
                    let Ok(name) = FieldName::parse(field, None) else {
                        return Ok(Some(format!("`{field}` is not the name of a field")));
                    };
                    let exists = self.workspace.declares(&query.root, &name);
                    (only(&query.root, name), exists)
                }
                Question::Sql(_) => return Ok(Some("`hidden` is asked of topics and views, not of SQL".to_owned())),
            };
            if !exists {
                return Ok(Some(format!("there is no field `{field}` to be hidden")));
            }
            match self.ask(context, &question).await {
                Err(FolderFailure::Other(Error::Refused(Refusal { kind: RefusalKind::Unknown, .. }))) => {}
                Err(failure) => return Ok(Some(format!("`{field}` is not hidden, but refused: {failure}"))),
                Ok(_) => return Ok(Some(format!("`{field}` is not hidden"))),
            }
        }
        Ok(None)
    }
}

/// The question for one field alone.
fn only(root: &QueryRoot, field: FieldName) -> Question {
    let (filters, sorts) = (Vec::new(), Vec::new());
    Question::Fields(FieldQuery {
        root: root.clone(),
        fields: vec![field],
        filters,
        sorts,
        limit: Some(1),
        timezone: None,
    })
}

fn denied(reason: &Word, outcome: &Result<Table, FolderFailure>) -> Option<String> {
    let given = match outcome {
        Ok(_) => return Some("the question was answered".to_owned()),
        Err(FolderFailure::Other(Error::Denied(
            Denied::Forbidden { decision, .. } | Denied::NotFound { decision: Some(decision), .. },
        ))) => decision.needs.iter().map(ToString::to_string).collect(),
        Err(FolderFailure::Other(Error::Refused(refusal))) if refusal.kind == RefusalKind::Closed => {
            vec![refusal.message.clone()]
        }
        Err(failure) => return Some(format!("the question was refused, but not denied: {failure}")),
    };
    (!given.contains(&reason.text)).then(|| format!("denied for {}, not for {reason}", given.join(" or ")))
}
