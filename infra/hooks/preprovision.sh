#!/bin/sh
# Chooses the parameters: azd reads infra/main.bicepparam, which is a copy of the stage's file and never committed, with the day the
# budget began. The watchdog's key goes into it for as long as the deployment takes: postprovision.sh moves it into the vault.
# azd looks for the file before it runs this; so the first time it is run by hand: azd hooks run preprovision.
set -eu
cd "$(dirname "$0")/.."

stage=${SPORTELLO_STAGE:-dev}
if [ ! -f "$stage.bicepparam" ] || [ "$stage" = main ]; then
    echo "SPORTELLO_STAGE is '$stage'; it must be dev, test or prod (azd env set SPORTELLO_STAGE dev)." >&2
    exit 1
fi
group=${AZURE_RESOURCE_GROUP:?is missing: azd env set AZURE_RESOURCE_GROUP <group>}
key=$(hooks/tick-key.sh "${KEY_VAULT_NAME:-}")
start=$(hooks/budget-start.sh "$group" "$stage")
umask 077
rm -f main.bicepparam
{
    echo "// A copy of $stage.bicepparam, made by infra/hooks/preprovision.sh. Edit that one."
    grep -v -e '^param tickKey = ' -e '^param budgetStartDate = ' "$stage.bicepparam"
    printf "param tickKey = '%s'\nparam budgetStartDate = '%s'\n" "$key" "$start"
} > main.bicepparam
echo "Parameters: $stage.bicepparam"
