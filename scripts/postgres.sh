#!/usr/bin/env bash
# A PostgreSQL server for tests, which forgets everything: `start` prints the folder of its socket, also when it already
# runs; `stop` ends it. The role tessera_owner makes databases and owns their tables, the role tessera uses them.
set -euo pipefail

home=${TMPDIR:-/tmp}/tessera-test-postgres-$(id -u)
tools=$(pg_config --bindir 2>/dev/null || true)
for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$tools/initdb" ] || tools=$folder
done
[ -x "$tools/initdb" ] || {
    echo "PostgreSQL is missing: on Debian it is the package postgresql" >&2
    exit 1
}
# The server refuses to run as root.
as_server=()
[ "$(id -u)" != 0 ] || as_server=(runuser -u postgres --)

running() {
    "${as_server[@]}" "$tools/pg_ctl" --pgdata "$home/data" status >/dev/null 2>&1
}

start() {
    ! running || return 0
    rm -rf "$home"
    mkdir -m 0755 "$home"
    [ "$(id -u)" != 0 ] || chown postgres "$home"
    cd "$home"
    "${as_server[@]}" "$tools/initdb" --pgdata "$home/data" --username admin --auth trust --encoding UTF8 --no-sync
    "${as_server[@]}" "$tools/pg_ctl" --pgdata "$home/data" --log "$home/log" --wait start --options "\
        -c listen_addresses= -c unix_socket_directories=$home -c max_connections=300 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off" </dev/null
    "$tools/psql" --host "$home" --username admin --dbname postgres --quiet --command "
        CREATE ROLE tessera_owner LOGIN CREATEDB; CREATE ROLE tessera LOGIN;"
}

case "${1:-}" in
    start)
        exec 9>"$home.lock"
        flock 9
        # The server must not keep the lock, or the pipe that the caller reads.
        start 9>&- >"$home.start" 2>&1 || {
            cat "$home.start" >&2
            exit 1
        }
        echo "$home"
        ;;
    stop)
        ! running || "${as_server[@]}" "$tools/pg_ctl" --pgdata "$home/data" --mode immediate stop >/dev/null
        rm -rf "$home"
        ;;
    *)
        echo "usage: scripts/postgres.sh start|stop" >&2
        exit 2
        ;;
esac
