//! Each illegal use has a legal twin of the same name in `ui/pass`, so that it fails for its own reason and not for a
//! forgotten import. `TRYBUILD=overwrite` writes the compiler's words anew; read the difference.
use std::{collections::BTreeSet, ffi::OsString, fs, path::Path};

#[test]
fn illegal_uses_do_not_compile_and_their_twins_do() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}

#[test]
fn every_illegal_use_has_a_legal_twin() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let illegal = sources(&ui);
    assert!(illegal.len() >= 10, "{illegal:?}");
    assert_eq!(illegal, sources(&ui.join("pass")));
}

fn sources(folder: &Path) -> BTreeSet<OsString> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_name().unwrap().to_owned())
        .collect()
}
