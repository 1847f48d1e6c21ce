#!/bin/sh
# After the resources stand: generates the secrets that are not there yet, and enters the first administrator. Every run after
# the first changes nothing. Needs az (signed in), openssl, and what the deployment answered (azd hands it over as variables).
set -eu
cd "$(dirname "$0")/../.."

: "${KEY_VAULT_NAME:?is missing: run this from azd, or: export KEY_VAULT_NAME=<the vault>}"
: "${APP_NAME:?is missing: run this from azd, or: export APP_NAME=<the function app>}"
: "${AZURE_RESOURCE_GROUP:?is missing: run this from azd, or: export AZURE_RESOURCE_GROUP=<the group>}"
tries=${SPORTELLO_TRIES:-30}
pause=${SPORTELLO_PAUSE:-10}

umask 077
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# A new role takes some minutes until it is known everywhere.
names=
until names=$(az keyvault secret list --vault-name "$KEY_VAULT_NAME" --query '[].name' --output tsv); do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        echo "The vault $KEY_VAULT_NAME cannot be read: is the deployer's object id set (deployerPrincipalId), and its address allowed?" >&2
        exit 1
    fi
    echo "Waiting for the right to read the vault …" >&2
    sleep "$pause"
done

in_a_year() {
    date -u -d '+365 days' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v+365d +%Y-%m-%dT%H:%M:%SZ
}

made=
# Values go through a file that only we can read, never through an argument: those are for everybody to see.
generate() { # name, beginning of the value, random bytes
    for name in $names; do
        if [ "$name" = "$1" ]; then
            echo "The secret $1 is there; left as it is."
            return
        fi
    done
    printf '%s%s' "$2" "$(openssl rand -base64 "$3" | tr -d '\n')" > "$scratch/value"
    az keyvault secret set --vault-name "$KEY_VAULT_NAME" --name "$1" --file "$scratch/value" --encoding utf-8 \
        --expires "$(in_a_year)" --output none
    rm -f "$scratch/value"
    made=yes
    echo "The secret $1 was generated."
}

generate portal-webhook-secrets whsec_ 32
generate witness-webhook-secrets whsec_ 32
generate link-secret '' 48

# The app may have looked before they were there, and would look again only after a day.
if [ -n "$made" ]; then
    app=$(az functionapp show --resource-group "$AZURE_RESOURCE_GROUP" --name "$APP_NAME" --query id --output tsv)
    az rest --method post --output none --url "$app/config/configreferences/appsettings/refresh?api-version=2022-03-01"
    az functionapp restart --resource-group "$AZURE_RESOURCE_GROUP" --name "$APP_NAME" --output none
fi

if [ -n "${SPORTELLO_ADMIN_ENTRA_ID:-}" ]; then
    : "${STORAGE_ACCOUNT_NAME:?is missing: run this from azd, or: export STORAGE_ACCOUNT_NAME=<the account>}"
    "${PYTHON:-.venv/bin/python}" -m dev.first_administrator --account "$STORAGE_ACCOUNT_NAME" \
        --entra-id "$SPORTELLO_ADMIN_ENTRA_ID" \
        --name "${SPORTELLO_ADMIN_NAME:?is missing: azd env set SPORTELLO_ADMIN_NAME <name>}" \
        --email "${SPORTELLO_ADMIN_EMAIL:?is missing: azd env set SPORTELLO_ADMIN_EMAIL <address>}" \
        --language "${SPORTELLO_ADMIN_LANGUAGE:-it}"
else
    echo "No first administrator was named (SPORTELLO_ADMIN_ENTRA_ID); docs/operations/first-deployment.md says how."
fi
