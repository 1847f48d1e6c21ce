#!/bin/sh
# Builds what is deployed, in .package/app (or the folder given): the code, its dependencies by hash, everything as bytecode.
# The same files give the same package, so what was tried on the staging app is what production gets.
set -eu
cd "$(dirname "$0")/../.."

out=${1:-.package/app}
python=${PYTHON:-$(dev/find-python.sh)}

# The contracts first: a desk without a valid catalogue is no desk.
if [ -x .venv/bin/python ]; then checker=.venv/bin/python; else checker=$python; fi
"$checker" -m shared.catalogue.check

rm -rf "$out"
mkdir -p "$out"
cp function_app.py host.json requirements.txt "$out/"
cp -R functions shared "$out/"
find "$out" -type d -name __pycache__ -prune -exec rm -rf {} +

# For the platform's machines, whatever this one is. Wheels only: nothing is compiled on the way.
packages="$out/.python_packages/lib/site-packages"
mkdir -p "$packages"
${PIP:-"$python" -m pip} install --quiet --disable-pip-version-check --no-compile --require-hashes --only-binary=:all: \
    --implementation cp --python-version 3.13 --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 \
    --target "$packages" -r requirements.txt

# Bytecode that is not checked against its source: unpacking changes the files' times, and a check costs at every cold start.
# Only ever here: in a working tree such bytecode would hide an edit. /home/site/wwwroot is where the app will stand.
"$python" -m compileall -q -f --invalidation-mode unchecked-hash -s "$out" -p /home/site/wwwroot "$out"

echo "Packaged in $out: $(find "$out" -type f | wc -l | tr -d ' ') files."
