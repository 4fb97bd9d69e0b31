#!/usr/bin/env bash
# Writes the generated files: the description of the API and its types for the web application. With `--check` it only
# says whether the committed ones are what would be written.
#   scripts/generated.sh [--check] TESSERA
set -euo pipefail
cd "$(dirname "$0")/.."

checking=false
if [ "$1" = --check ]; then
    checking=true
    shift
fi
tessera=$1
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

"$tessera" openapi >"$fresh/openapi.json"
(cd web && node_modules/.bin/openapi-typescript "$fresh/openapi.json" -o "$fresh/schema.ts" >/dev/null)

stale=0
place() { # FRESH COMMITTED
    if ! $checking; then
        cp "$1" "$2"
        echo "wrote $2"
    elif ! diff --unified "$2" "$1"; then
        echo "$2 is not what would be generated" >&2
        echo "help: run make regen, read the difference, commit it" >&2
        stale=1
    fi
}
place "$fresh/openapi.json" docs/openapi.json
place "$fresh/schema.ts" web/src/api/schema.ts
exit $stale
