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
# OpenTelemetry only where the worker is told to use it (workerTelemetry): it is a third more to load at every cold start.
case ${SPORTELLO_WORKER_TELEMETRY:-false} in
    true) requirements="requirements-telemetry.txt" ;;
    false) requirements="requirements.txt" ;;
    *) echo "SPORTELLO_WORKER_TELEMETRY is '$SPORTELLO_WORKER_TELEMETRY'; it must be true or false." >&2; exit 1 ;;
esac
cp function_app.py host.json "$out/"
cp "$requirements" "$out/requirements.txt"
# azd leaves out all bytecode, unless the folder says itself what is to be left out: nothing.
echo "# Nothing is left out; without this file azd would leave out __pycache__." > "$out/.funcignore"
cp -R functions shared "$out/"
find "$out" -type d -name __pycache__ -prune -exec rm -rf {} +

# For the platform's machines, whatever this one is. Wheels only: nothing is compiled on the way.
packages="$out/.python_packages/lib/site-packages"
mkdir -p "$packages"
${PIP:-"$python" -m pip} install --quiet --disable-pip-version-check --no-compile --require-hashes --only-binary=:all: \
    --implementation cp --python-version 3.13 --platform manylinux_2_28_x86_64 --platform manylinux2014_x86_64 \
    --target "$packages" -r "$requirements"

# Bytecode that is not checked against its source: unpacking changes the files' times, and a check costs at every cold start.
# Only ever here: in a working tree such bytecode would hide an edit. /home/site/wwwroot is where the app will stand.
"$python" -m compileall -q -f --invalidation-mode unchecked-hash -s "$out" -p /home/site/wwwroot "$out"

echo "Packaged in $out: $(find "$out" -type f | wc -l | tr -d ' ') files."
