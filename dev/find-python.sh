#!/bin/sh
# Prints the path of a Python 3.13 that can make virtual environments; otherwise says in one sentence what to install.
set -u

is_wanted() { "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1; }

candidates() {
    [ -n "${PYTHON:-}" ] && echo "$PYTHON"
    echo python3.13
    echo python3
    if command -v pyenv >/dev/null 2>&1; then
        prefix=$(PYENV_VERSION=3.13 pyenv prefix 2>/dev/null) && echo "$prefix/bin/python"
    fi
    if command -v uv >/dev/null 2>&1; then
        uv python find 3.13 2>/dev/null
    fi
}

found=$(candidates | while read -r candidate; do
    if is_wanted "$candidate"; then
        "$candidate" -c 'import sys; print(sys.executable)'
        break
    fi
done)

if [ -z "$found" ]; then
    here=$(python3 --version 2>/dev/null || echo "no Python at all")
    echo "Sportello needs Python 3.13 and found $here: install it (apt install python3.13 python3.13-venv, brew install python@3.13, uv python install 3.13 or pyenv install 3.13) and run make again." >&2
    exit 1
fi
if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "Python 3.13 at $found cannot make virtual environments: install its venv package (apt install python3.13-venv) and run make again." >&2
    exit 1
fi
echo "$found"
