//! Messages for whoever sits before the terminal.
use super::exit::Exit;
use std::{
    fmt,
    io::{self, Write as _},
};
use tessera_access::Denied;
use tessera_app::{Error, FolderFailure};
use tessera_engine::{EngineError, EngineErrorKind};
use tessera_model::file::Problem;
use tessera_query::{Position, Refusal, RefusalKind};
use tessera_store::folder::FolderError;

/// Writes a result. A reader that has gone away has read enough.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Exit {
    match io::stdout().lock().write_all(text.as_ref()) {
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(error) => message(&format!("cannot write the result: {error}"), Exit::Failed),
    }
}

pub(crate) fn message(message: &dyn fmt::Display, exit: Exit) -> Exit {
    // Where even standard error cannot be written, the exit code is all that is left.
    let _ = writeln!(io::stderr().lock(), "{message}");
    exit
}

fn with_help(text: &dyn fmt::Display, help: Option<&str>, exit: Exit) -> Exit {
    message(text, exit);
    if let Some(help) = help {
        message(&format!("help: {help}"), exit);
    }
    exit
}

pub(crate) fn problems(problems: impl IntoIterator<Item = Problem>) -> Exit {
    for problem in problems {
        with_help(&problem, problem.help.as_deref(), Exit::Problems);
    }
    Exit::Problems
}

pub(crate) fn failure(failure: FolderFailure) -> Exit {
    match failure {
        FolderFailure::Folder(FolderError::Problems(found)) => problems(found),
        FolderFailure::Folder(error @ FolderError::Randomness(_)) => message(&causes(&error), Exit::Failed),
        FolderFailure::Folder(error) => message(&causes(&error), Exit::Problems),
        FolderFailure::NoData { .. } => {
            with_help(&failure, Some("name it there, like `warehouse: {engine: files, path: data}`"), Exit::Problems)
        }
        FolderFailure::Other(error) => of_app(&error),
        FolderFailure::Connect(_) | FolderFailure::Given(_) | FolderFailure::Render(_) => {
            message(&causes(&failure), Exit::Failed)
        }
    }
}

/// An error and what led to it, on one line.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn of_app(error: &Error) -> Exit {
    match error {
        Error::Denied(denied) => denial(denied),
        Error::Refused(refusal) => refused(refusal),
        Error::Unreadable(found) | Error::ModelBroken(found) => problems(found.iter().cloned()),
        Error::Engine(error) => engine(error),
        other => message(other, Exit::Failed),
    }
}

fn denial(denied: &Denied) -> Exit {
    message(denied, Exit::Denied)
}

fn refused(refusal: &Refusal) -> Exit {
    let exit = if refusal.kind == RefusalKind::Closed { Exit::Denied } else { Exit::Problems };
    with_help(&placed(refusal.position, refusal), refusal.help.as_deref(), exit)
}

pub(crate) fn engine(error: &EngineError) -> Exit {
    match error.kind() {
        EngineErrorKind::Rejected { help, position, .. } => {
            with_help(&placed(*position, error), help.as_deref(), Exit::Problems)
        }
        _ => message(error, Exit::Failed),
    }
}

fn placed(position: Option<Position>, message: &dyn fmt::Display) -> String {
    match position {
        Some(Position { line, column }) => format!("{line}:{column}: {message}"),
        None => message.to_string(),
    }
}
