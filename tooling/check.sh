#!/bin/sh
# Runs every check, regardless of earlier failures; the exit code is 0 only if all passed.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH:$PWD/.tools/bin"
export PATH
# if set, each of the hundreds of processes below would compile every library again, for seconds
export PYTHONDONTWRITEBYTECODE=
failed=""

check() {
    name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed="$failed $name,"
}

check "style" ruff check .
check "format" ruff format --check .
check "types" mypy
check "imports" lint-imports
check "tests" pytest -n 2 -m "not slow" "$@"
# One process a file, which shares its browser and demonstration. In the order of the files: xdist's own, by number of
# tests, puts files of one or two long tests last, and one process waits a minute for the other.
check "slow tests" pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow "$@"

if [ -n "$failed" ]; then
    printf 'Failed:%s\n' "${failed%,}"
    exit 1
fi
echo "All checks passed."
