#!/bin/sh
# Refreshes the four locks from pyproject.toml and package.json. No registry host ends up in any of them.
set -eu
cd "$(dirname "$0")/.."

compile() {
    output=$1
    shift
    .venv/bin/uv pip compile pyproject.toml "$@" --upgrade --universal --python-version 3.13 --generate-hashes --quiet \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --output-file "$output"
}

compile requirements.txt
compile requirements-telemetry.txt --extra telemetry --constraint requirements.txt
compile requirements-dev.txt --group dev --constraint requirements.txt --constraint requirements-telemetry.txt
npm install --package-lock-only --no-audit --no-fund

if grep -nE '^(--|https?:)|(pypi|pythonhosted|npmjs)\.org' requirements*.txt package-lock.json; then
    echo "A lock names a registry (see above): set omit-lockfile-registry-resolved in .npmrc, or take the URL out of pyproject.toml." >&2
    exit 1
fi
echo "Refreshed requirements*.txt and package-lock.json. Review the diff, then run: make check test"
