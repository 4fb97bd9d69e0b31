//! Illegal uses do not compile; each stands beside a legal twin, so that a rotten import cannot make it pass.

#[test]
fn only_the_governed_path_compiles() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
