#!/usr/bin/env bash
# Checks that a build has what it needs beyond the repository, and installs the Debian packages that are missing, or names
# them. `--browser` adds what the browser tests need, and `--tests` what all tests need.
set -euo pipefail

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

at_least() { # WANTED FOUND
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

need_version() { # NAME WANTED FOUND HELP
    [ -n "$3" ] || stop "$1 is missing" "help: $4"
    at_least "$2" "$3" || stop "$1 $2 or later is needed, and this is $3" "help: $4"
}

rust_wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")
need_version Rust "$rust_wanted" "$(rustc --version 2>/dev/null | cut -d ' ' -f 2)" "install or update it with rustup"
need_version Node 20.19 "$(node --version 2>/dev/null | tr -d v)" "install Node 20.19 or later, from Debian or nodejs.org"
command -v npm >/dev/null || stop "npm is missing" "help: it comes with Node; on Debian it is the package npm"

missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v pkg-config >/dev/null || missing+=(pkg-config)
[ -e /usr/include/openssl/crypto.h ] || pkg-config --exists libcrypto 2>/dev/null || missing+=(libssl-dev)
if [ "${1:-}" = --browser ] || [ "${1:-}" = --tests ]; then
    command -v chromium >/dev/null || missing+=(chromium)
    [ -d /usr/share/fonts/opentype/inter ] || [ -d /usr/share/fonts/truetype/inter ] || missing+=(fonts-inter)
fi
if [ "${1:-}" = --tests ]; then
    [ -x "$(pg_config --bindir 2>/dev/null)/initdb" ] || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    command -v psql >/dev/null || missing+=(postgresql-client)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

by_hand="help: install by hand: ${missing[*]} (the names that they have on Debian)"
command -v apt-get >/dev/null || stop "missing: ${missing[*]}" "$by_hand"
if [ "$(id -u)" = 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root=(sudo)
else
    stop "missing: ${missing[*]}" "$by_hand"
fi
echo "installing ${missing[*]}"
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}")
"${install[@]}" || { "${as_root[@]}" apt-get update && "${install[@]}"; } || stop "cannot install ${missing[*]}" "$by_hand"
