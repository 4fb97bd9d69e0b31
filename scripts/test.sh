#!/usr/bin/env bash
# Everything that CI runs, one step after the other. A failing step does not hide the ones after it. The last line counts
# every test, and every step that is no test run as one.
set -uo pipefail
cd "$(dirname "$0")/.."

target_dir=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tessera=$target_dir/debug/tessera
reports=$target_dir/test-reports
rm -rf "$reports"
mkdir -p "$reports"

trap 'scripts/postgres.sh stop' EXIT

passed=0
failed=0
failures=()

begin() {
    name=$1
    started=$SECONDS
    printf '\n\033[1m== %s\033[0m\n' "$name"
}

end() { # STATUS PASSED FAILED
    # A run that fails without a failed test, because it does not build or breaks off, is a failure all the same.
    local ran=$2 broken=$3
    [ "$1" = 0 ] || [ "$broken" -gt 0 ] || broken=1
    passed=$((passed + ran))
    failed=$((failed + broken))
    [ "$broken" = 0 ] || failures+=("$name")
    printf '   %s: %d passed, %d failed, in %d s\n' "$name" "$ran" "$broken" $((SECONDS - started))
}

check() { # NAME COMMAND…
    begin "$1"
    shift
    if "$@"; then end 0 1 0; else end 1 0 1; fi
}

suite() { # NAME REPORT COMMAND…; REPORT is the JUnit file that the command writes
    begin "$1"
    local report=$2 status=0 cases=0 broken=0
    shift 2
    "$@" || status=$?
    if [ -s "$report" ]; then
        cases=$(grep -o '<testcase[ >]' "$report" | wc -l)
        broken=$(grep -oE '<(failure|error)[ />]' "$report" | wc -l)
    else
        status=1
    fi
    end "$status" $((cases - broken)) "$broken"
}

# REPORT FILTER NAME…: what cargo-nextest selects with its filter, or cargo test, which takes longer, by the names.
rust_tests() {
    local report=$1 filter=$2 status
    shift 2
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --profile ci -E "$filter"
        status=$?
        cp target/nextest/ci/junit.xml "$report" # there, whatever CARGO_TARGET_DIR says
        return $status
    fi
    echo "cargo-nextest is not installed: the tests run with cargo test, which takes longer"
    cargo test --workspace --no-fail-fast ${1:+--test it} -- "$@" | tee "$report.txt"
    status=${PIPESTATUS[0]}
    # `test a::b ... ok` becomes a case of the report, as nextest writes one.
    sed -nE 's/^test .* \.\.\. ok$/<testcase >/p; s/^test .* \.\.\. FAILED$/<testcase ><failure >/p' \
        "$report.txt" >"$report"
    return "$status"
}

# The store's tests, and those of the API, once more on PostgreSQL.
postgres_tests() {
    TESSERA_TEST_STORE=postgres rust_tests "$reports/postgres.xml" \
        'package(tessera-store) & binary(it) & not test(/^(at_rest|postgres)::/)
            | package(tessera-server) & binary(it) & test(/^(api|asking|audit|content|keys|people|servers|support|sweep)::/)' \
        access:: attributes:: audit:: models:: sessions:: snapshots:: support:: tenants:: trail:: api:: asking:: content:: keys:: people:: servers:: sweep::
}

# The rules of access once more, by another engine; a workspace of its own.
second_opinion() {
    CARGO_TARGET_DIR=$target_dir/second_opinion cargo test --locked --manifest-path second_opinion/Cargo.toml
}

model_tests() { # FOLDER REPORT
    "$tessera" check "$1" --data || return
    "$tessera" test "$1" --mutate --format junit >"$2" || {
        cat "$2"
        return 1
    }
}

lints() {
    cargo clippy --workspace --all-targets -- -D warnings
}

# Advisories are asked for by hand, `cargo deny check advisories`: their list is not on the package registry.
dependencies() {
    local deny=$target_dir/tools/bin/cargo-deny
    [ -x "$deny" ] || cargo install --locked --root "$target_dir/tools" cargo-deny@0.20.2 || return
    # Also what other systems would link.
    cargo fetch --locked --quiet || return
    "$deny" --offline check --hide-inclusion-graph bans licenses sources
}

in_web() {
    (cd web && "$@")
}

check "tools" scripts/tools.sh --tests
check "format" cargo fmt --all --check
check "format of the second opinion" cargo fmt --check --manifest-path second_opinion/Cargo.toml
check "web application" make web
check "web lints and types" in_web npm run check
suite "web tests" "$reports/web.xml" in_web npm test -- --reporter=default --reporter=junit --outputFile.junit="$reports/web.xml"
check "web size" in_web npm run size
check "lints" lints
suite "rust tests" "$reports/rust.xml" rust_tests "$reports/rust.xml" 'all()'
suite "rust tests on PostgreSQL" "$reports/postgres.xml" postgres_tests
check "second opinion" second_opinion
check "server" make build
for model in demo/acme demo/globex; do
    report=$reports/$(basename "$model").xml
    suite "policy tests of $model" "$report" model_tests "$model" "$report"
done
check "texts of the mutants" python3 scripts/mutants.py --find
check "generated files" scripts/generated.sh --check "$tessera"
suite "browser tests" "$reports/browser.xml" node scripts/e2e.mjs "$tessera" --reporter=default --reporter=junit --outputFile.junit="$reports/browser.xml"
check "licences and bans" dependencies

printf '\n'
for failure in "${failures[@]}"; do printf 'failed: %s\n' "$failure"; done
printf '%d min %d s\n' $((SECONDS / 60)) $((SECONDS % 60))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
