#!/bin/sh
# Every check there is; each runs whatever the others said, and the exit code is 0 only if all passed.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH:$PWD/.tools/bin"
export PATH
# where this is set, each of the hundreds of processes to come compiles every library anew, for seconds
export PYTHONDONTWRITEBYTECODE=
rm -f .coverage .coverage.*
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
check "tests" pytest -n 2 -m "not slow" --cov --cov-report= "$@"
# A file keeps its browser and its house: one process each. In their own order: by number of tests, which xdist prefers,
# the files of one or two long tests come last, and one process waits a minute for the other.
check "slow tests" pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow --cov --cov-append --cov-report=term:skip-covered "$@"

if [ -n "$failed" ]; then
    printf 'Failed:%s\n' "${failed%,}"
    exit 1
fi
echo "All checks passed."
