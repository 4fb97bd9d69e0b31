use std::process::ExitCode;

/// How a command ended, for whoever reads its exit code. Wrong usage is 2, and said by the argument parser.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    Done,
    /// The input has problems.
    Problems,
    Usage,
    /// Denied by policy.
    Denied,
    /// The engine failed, or something else that is not the input's fault.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Problems => 1,
            Exit::Usage => 2,
            Exit::Denied => 3,
            Exit::Failed => 4,
        })
    }
}
