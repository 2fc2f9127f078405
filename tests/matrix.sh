#!/bin/sh
# Runs the unit and contract rings on every Python from 3.8 to 3.13 that this machine has, each in an environment of its own
# with the newest libraries that it takes: cliff 4.7 on 3.8, 4.17 on 3.11 and later.
set -eu
cd "$(dirname "$0")/.."

find_python() { # a version's interpreter: on PATH, or among pyenv's; nothing if there is none that runs
    for candidate in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        if [ -x "$candidate" ] && "$candidate" -c pass 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

failed=""
for version in 3.8 3.9 3.10 3.11 3.12 3.13; do
    python=$(find_python "$version")
    if [ -z "$python" ]; then
        echo "== Python $version: not on this machine"
        continue
    fi
    environment=.cache/matrix/$version
    [ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
    "$environment/bin/pip" install --quiet --editable '.[dev]'
    echo "== Python $version: $("$environment/bin/pip" list 2>/dev/null | grep -E '^(cliff|stevedore|requests) ' | tr -s ' ' | tr '\n' ' ')"
    "$environment/bin/pytest" -q -n 4 tests/unit tests/contract || failed="$failed $version"
done
[ -z "$failed" ] || { echo "failed on:$failed"; exit 1; }
