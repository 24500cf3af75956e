# Sourced by the commands beside it. Finds the project and, when asked, makes the Python
# environment that requirements.lock describes; nothing but python3, venv and pip is assumed.
#
#   PYTHON      the Python to make the environment with (default: the first of 3.10 or newer)
#   KPI_VENV    where the environment lives (default: .venv; share one between checkouts with it)

set -euo pipefail

PROJECT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV=${KPI_VENV:-$PROJECT/.venv}
# Written last, so an environment without it was interrupted; names its folder, because a moved
# environment still starts the old one.
STAMP=$VENV/made_from.txt
TEST_STAMP=$VENV/tested_with.txt

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

find_python() {
    local candidate found=""
    # An active environment is no Python to make itself with: it is about to be removed.
    local outside
    outside=$(printf '%s' "$PATH" | tr ':' '\n' | { grep -vxF "$VENV/bin" || true; } | paste -sd: -)
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.10; do
        candidate=$(PATH=$outside command -v "$candidate") || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
        [ -n "$found" ] || found=$("$candidate" --version 2> /dev/null || true)
    done
    fail "Python 3.10 or newer is needed and was not found (${found:-no python3 on the path})." \
        "Install one, or name it: PYTHON=/path/to/python3.12 $0"
}

environment_is_current() {
    { printf '%s\n' "$VENV" && cat "$PROJECT/requirements.lock"; } | cmp -s - "$STAMP" \
        && "$VENV/bin/python" -c '' 2> /dev/null
}

make_environment() {
    local python log=$PROJECT/logs/environment.log
    python=$(find_python)
    mkdir -p "$PROJECT/logs" "$(dirname -- "$VENV")"
    # Two commands started at once must not build the same folder: the second waits here.
    exec 9>> "$VENV.lock"
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
    if ! environment_is_current; then
        printf 'Making the Python environment in %s (once, about a minute) ...\n' "$VENV" >&2
        rm -rf "$VENV"
        "$python" -m venv "$VENV" > "$log" 2>&1 \
            || fail "Cannot make $VENV with $python -m venv: see $log." \
                "On Debian and Ubuntu the package python3-venv is needed."
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
            --require-hashes -r "$PROJECT/requirements.lock" >> "$log" 2>&1 \
            || fail "Cannot install requirements.lock into $VENV:" \
                "$(grep -i '^error' "$log" | tail -n 1) See $log."
        { printf '%s\n' "$VENV" && cat "$PROJECT/requirements.lock"; } > "$STAMP"
    fi
    exec 9>&-
}

# Add what only tests need to the environment: the libraries of BI tools, which users can do without.
add_test_packages() {
    local log=$PROJECT/logs/environment.log
    environment_is_current || make_environment
    exec 9>> "$VENV.lock"
    "$VENV/bin/python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
    if ! cmp -s "$PROJECT/requirements-test.lock" "$TEST_STAMP"; then
        mkdir -p "$PROJECT/logs"
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
            --require-hashes -r "$PROJECT/requirements-test.lock" >> "$log" 2>&1 \
            || fail "Cannot install requirements-test.lock into $VENV:" \
                "$(grep -i '^error' "$log" | tail -n 1) See $log."
        cp "$PROJECT/requirements-test.lock" "$TEST_STAMP"
    fi
    exec 9>&-
}

# Run a module below scripts/ with the rest of the arguments, in place of this shell.
run_module() {
    local module=$1
    shift
    environment_is_current || make_environment
    export PYTHONPATH="$PROJECT/scripts${PYTHONPATH:+:$PYTHONPATH}"
    exec "$VENV/bin/python" -m "$module" "$@"
}
