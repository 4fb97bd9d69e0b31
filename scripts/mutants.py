#!/usr/bin/env python3
"""Breaks the governing code in one place at a time, and expects the oracle and the cases to notice.

A mutant is a file of mutants/: a sentence, the path of a source, the text to find there (exactly once), and what takes its
place. It is tried on a copy of the checkout, so the product has no switch that could turn its rules off.

`--find` only tells whether the texts of all mutants are still there.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
COPY = TARGET / "mutants"
PARTS = ["Cargo.toml", "Cargo.lock", "clippy.toml", "rustfmt.toml", "crates", "bench", "cases", "demo", "docs", "web/dist"]
FORM = re.compile(r"(?P<what>.+?)\n--- (?P<path>\S+)\n(?P<find>.*?)\n\+\+\+\n(?P<put>.*)\Z", re.DOTALL)


def copy_checkout():
    for part in PARTS:
        source, target = ROOT / part, COPY / part
        if source.is_dir():
            # Times are kept, so that cargo builds again only what a mutant changes.
            shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def tests(*arguments):
    command = ["cargo", "test", "--quiet", "-p", "tessera-app", "--test", "it", *arguments]
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET), ORACLE_CASES=os.environ.get("ORACLE_CASES", "100"))
    return subprocess.run(command, cwd=COPY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def forget_builds():
    """Cargo takes what was built of the copy for what would be built of the checkout."""
    manifests = [*ROOT.glob("crates/*/Cargo.toml"), ROOT / "bench" / "Cargo.toml"]
    names = [re.search(r'^name = "(.+)"$', manifest.read_text(), re.MULTILINE).group(1) for manifest in manifests]
    packages = [argument for name in names for argument in ("-p", name)]
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET))
    subprocess.run(["cargo", "clean", "--quiet", *packages], cwd=ROOT, env=environment, check=True)


def stale(file):
    mutant = FORM.match(file.read_text())
    if not mutant:
        return "unreadable"
    if (ROOT / mutant["path"]).read_text().count(mutant["find"]) != 1:
        return "stale: its text is not there exactly once"
    return None


def try_mutant(file):
    if reason := stale(file):
        return reason
    mutant = FORM.match(file.read_text())
    path = COPY / mutant["path"]
    source = path.read_text()
    try:
        path.write_text(source.replace(mutant["find"], mutant["put"].rstrip("\n")))
        built = tests("--no-run")
        if built.returncode != 0:
            return "does not build: " + built.stdout.strip().splitlines()[-1]
        return "alive" if tests().returncode == 0 else "dead"
    finally:
        path.write_text(source)


def main():
    files = sorted((ROOT / "mutants").glob("*.txt"))
    if sys.argv[1:] == ["--find"]:
        reasons = [f"{file.relative_to(ROOT)}: {reason}" for file in files if (reason := stale(file))]
        sys.exit("\n".join(reasons) or 0)
    wanted = sys.argv[1:]
    files = [file for file in files if not wanted or file.stem in wanted]
    copy_checkout()
    outcomes = {}
    try:
        if tests().returncode != 0:
            sys.exit("the tests fail without any mutant")
        for file in files:
            outcomes[file.stem] = try_mutant(file)
            print(f"{file.stem}: {outcomes[file.stem]}", flush=True)
    finally:
        forget_builds()
    dead = sum(outcome == "dead" for outcome in outcomes.values())
    print(f"{dead} of {len(outcomes)} mutants are dead")
    sys.exit(0 if dead == len(outcomes) else 1)


if __name__ == "__main__":
    main()
