#!/bin/sh
# Chooses the parameters: azd reads infra/main.bicepparam, which is a copy of the stage's file and never committed.
set -eu
cd "$(dirname "$0")/.."

stage=${SPORTELLO_STAGE:-dev}
if [ ! -f "$stage.bicepparam" ] || [ "$stage" = main ]; then
    echo "SPORTELLO_STAGE is '$stage'; it must be dev, test or prod (azd env set SPORTELLO_STAGE dev)." >&2
    exit 1
fi
{
    echo "// A copy of $stage.bicepparam, made by infra/hooks/preprovision.sh. Edit that one."
    cat "$stage.bicepparam"
} > main.bicepparam
echo "Parameters: $stage.bicepparam"
