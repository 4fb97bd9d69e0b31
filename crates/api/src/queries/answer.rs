//! The rows of an answer on their way out.
use super::{format::Format, writer::Writer};
use crate::{
    Api,
    problem::{Kind, Problem},
};
use axum::body::{Body, Bytes};
use std::{io, sync::Arc, time::Duration};
use tessera_access::AccessContext;
use tessera_app::{Answer, Ask, Entry, Error};
use tokio::sync::{mpsc, oneshot};

/// Pieces of a body that wait for the client.
const WAITING_PIECES: usize = 4;
/// How long a client may take for one piece.
const STALL: Duration = Duration::from_secs(60);
/// How long a running query may outlive a change of its asker's access that another server made.
const REVISIT: Duration = Duration::from_secs(1);

/// Runs a query in a task of its own, so that it reaches its end and the audit log whatever becomes of the client.
/// Answers once the first rows are there: what goes wrong before is a problem, what goes wrong after breaks the body off.
pub(super) async fn stream(
    api: Api,
    entry: Entry,
    context: Arc<AccessContext>,
    ask: Ask,
    format: Format,
) -> Result<Body, Problem> {
    let (head, begun) = oneshot::channel();
    let (pieces, body) = mpsc::channel(WAITING_PIECES);
    let client = Client { head: Some(head), pieces };
    tokio::spawn(run(api, entry, context, ask, format, client));
    begun.await.map_err(|_| Problem::new(Kind::Internal, "something went wrong here"))??;
    let pieces = futures::stream::unfold(body, async |mut body| Some((body.recv().await?, body)));
    Ok(Body::from_stream(pieces))
}

async fn run(api: Api, entry: Entry, context: Arc<AccessContext>, ask: Ask, format: Format, mut client: Client) {
    let begun = tokio::select! {
        () = client.gone() => return,
        revoked = revoked(&api, &entry, &context) => return client.fail(revoked).await,
        begun = api.app.run_query(&context, &ask) => begun,
    };
    let mut answer = match begun {
        Ok(answer) => answer,
        Err(error) => return client.fail(error).await,
    };
    let written = tokio::select! {
        revoked = revoked(&api, &entry, &context) => Err(revoked),
        written = write(&mut answer, &ask, format, &mut client) => written,
    };
    let (outcome, end) = match written {
        Ok(end) => (Ok(()), end),
        Err(error) => (Err(error), Bytes::new()),
    };
    // The end comes last: whoever reads it may rely on the audit log, and on the query's state.
    match api.app.end_query(&context, answer, outcome).await {
        Ok(()) => drop(client.send(end).await),
        Err(error) => client.fail(error).await,
    }
}

/// Ready once something that decided about the query is in force no more, whether rows come or not: somebody signed out,
/// or what they hold changed. On this server that is at once, and on others that share the database soon after.
async fn revoked(api: &Api, entry: &Entry, context: &AccessContext) -> Error {
    let mut changes = api.app.changes();
    loop {
        // A change that comes while the last one is looked at is looked at next.
        let _ = tokio::time::timeout(REVISIT, changes.changed()).await;
        match api.app.still_in_force(entry, context).await {
            Ok(true) => {}
            Ok(false) => return Error::Revoked,
            Err(error) => return error,
        }
    }
}

/// Sends the rows as they come, and answers with the bytes that end the body.
async fn write(answer: &mut Answer, ask: &Ask, format: Format, client: &mut Client) -> Result<Bytes, Error> {
    let (mut writer, begin) = Writer::begin(format, ask.id, answer)?;
    let mut begin = Some(begin);
    loop {
        let rows = tokio::select! {
            () = client.gone() => return Err(Error::Abandoned),
            rows = answer.next() => rows?,
        };
        let Some(rows) = rows else { break };
        let mut piece = begin.take().unwrap_or_default();
        piece.extend(writer.rows(&rows)?);
        tokio::select! {
            sent = client.send(piece.into()) => sent?,
            // A client that reads slowly must not keep its query from being stopped; the next rows will say so.
            () = answer.stopped() => {}
            () = tokio::time::sleep(STALL) => return Err(Error::Abandoned),
        }
    }
    let mut end = begin.unwrap_or_default();
    end.extend(writer.end(answer)?);
    Ok(end.into())
}

/// Whoever waits for the body.
struct Client {
    /// Told once, when the first rows or a problem are there.
    head: Option<oneshot::Sender<Result<(), Problem>>>,
    pieces: mpsc::Sender<Result<Bytes, io::Error>>,
}

impl Client {
    async fn gone(&self) {
        self.pieces.closed().await;
    }

    async fn send(&mut self, piece: Bytes) -> Result<(), Error> {
        if let Some(head) = self.head.take() {
            head.send(Ok(())).map_err(|_| Error::Abandoned)?;
        }
        self.pieces.send(Ok(piece)).await.map_err(|_| Error::Abandoned)
    }

    /// A client that has rows already learns of a failure by a body without an end.
    async fn fail(mut self, error: Error) {
        match self.head.take() {
            Some(head) => drop(head.send(Err(error.into()))),
            None => {
                let broken = io::Error::other("the answer broke off");
                let _ = self.pieces.send(Err(broken)).await;
            }
        }
    }
}
