#!/bin/sh
# Succeeds when Node 20 or newer is here with npm; otherwise says in one sentence what to install.
set -u

remedy="install Node 20 or newer (nodejs.org, apt install nodejs npm, brew install node) and run make again."

if ! version=$(node --version 2>/dev/null); then
    echo "Sportello needs Node for its local storage emulator and found none: $remedy" >&2
    exit 1
fi
major=${version#v}
major=${major%%.*}
if [ "$major" -lt 20 ]; then
    echo "Sportello needs Node 20 or newer for its local storage emulator and found $version: $remedy" >&2
    exit 1
fi
if ! command -v npm >/dev/null 2>&1; then
    echo "Sportello needs npm for its local storage emulator and found Node $version without it: $remedy" >&2
    exit 1
fi
