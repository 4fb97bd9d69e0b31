//! What a decision costs beside one of Cedar's. Cedar would change the features of our dependencies, so it is measured by
//! the program of another workspace; `make bench` builds it.
use crate::Error;
use std::{env, path::Path, process::Command};

/// The table that the program prints.
pub(crate) fn measure() -> Result<String, Error> {
    let programs = env::current_exe()?;
    let target = programs.parent().and_then(Path::parent).ok_or("the program stands in no folder")?;
    let program = target.join("second_opinion/release/tessera-second-opinion");
    let failed = |error| format!("`{}` could not be run; `make bench` builds it: {error}", program.display());
    let output = Command::new(&program).output().map_err(failed)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned() + "\n")
}
