#!/bin/sh
# Brings a resource group to what infra/ says, the app to a package, and tries it:
#
#   infra/deploy.sh <resource group> <parameters> <package.zip>
#
# Needs az, signed in, and Python 3. The package is made by infra/hooks/prepackage.sh and zipped (docs/operations/releases.md).
set -eu
cd "$(dirname "$0")/.."

AZURE_RESOURCE_GROUP=${1:?the resource group}
parameters=${2:?the parameters, infra/test.bicepparam}
package=${3:?the package, sportello.zip}
export AZURE_RESOURCE_GROUP

stage=$(sed -n "s/^param stage = '\(.*\)'\$/\1/p" "$parameters")
# The look from outside must have the key that the vault has; a new group has no vault yet.
vault=$(az keyvault list --resource-group "$AZURE_RESOURCE_GROUP" --query "[?tags.stage=='$stage'].name" --output tsv)
SPORTELLO_TICK_KEY=$(infra/hooks/tick-key.sh "$vault")
export SPORTELLO_TICK_KEY
SPORTELLO_BUDGET_START=$(infra/hooks/budget-start.sh "$AZURE_RESOURCE_GROUP" "$stage")
export SPORTELLO_BUDGET_START

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

az deployment group create --resource-group "$AZURE_RESOURCE_GROUP" --name "sportello-$(date -u +%Y%m%d%H%M%S)" \
    --template-file infra/main.bicep --parameters "$parameters" --query properties.outputs --output json > "$scratch/outputs"

output() { # Azure gives the names of outputs back in another case
    python3 -c 'import json, sys; print({k.upper(): v["value"] for k, v in json.load(open(sys.argv[1])).items()}[sys.argv[2]])' \
        "$scratch/outputs" "$1"
}

KEY_VAULT_NAME=$(output KEY_VAULT_NAME)
APP_NAME=$(output APP_NAME)
STORAGE_ACCOUNT_NAME=$(output STORAGE_ACCOUNT_NAME)
export KEY_VAULT_NAME APP_NAME STORAGE_ACCOUNT_NAME
infra/hooks/postprovision.sh

az functionapp deployment source config-zip --resource-group "$AZURE_RESOURCE_GROUP" --name "$APP_NAME" --src "$package" \
    --build-remote false --output none
infra/smoke.sh "$(output DESK_OWN_URL)"
