#!/bin/sh
# Succeeds when a tag is the version of pyproject.toml and CHANGELOG.md tells what changed in it: dev/check-release.sh v1.2.3
set -eu
cd "$(dirname "$0")/.."

tag=${1:?the tag, v1.2.3}
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
if [ "$tag" != "v$version" ]; then
    echo "The tag is $tag, but pyproject.toml has version $version." >&2
    exit 1
fi
if ! grep -qE "^## $(echo "$version" | sed 's/\./\\./g')([ ,(]|\$)" CHANGELOG.md; then
    echo "CHANGELOG.md has no section \"## $version\": move there what is under \"Not released yet\"." >&2
    exit 1
fi
