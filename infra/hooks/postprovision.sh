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
wait_for() { # what is waited for, what to say when it does not come
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        echo "$2" >&2
        exit 1
    fi
    echo "Waiting for the right to $1 …" >&2
    sleep "$pause"
}

names=
until names=$(az keyvault secret list --vault-name "$KEY_VAULT_NAME" --query '[].name' --output tsv); do
    wait_for "read the vault" \
        "The vault $KEY_VAULT_NAME cannot be read: is the deployer's object id set (deployerPrincipalId), and its address allowed?"
done

in_a_year() {
    date -u -d '+365 days' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v+365d +%Y-%m-%dT%H:%M:%SZ
}

made=
# Values go through a file that only we can read, never through an argument: those are for everybody to see.
generate() { # name, beginning of the value, random bytes; or name and the whole value
    for name in $names; do
        if [ "$name" = "$1" ]; then
            echo "The secret $1 is there; left as it is."
            return
        fi
    done
    value=$2
    [ $# -eq 2 ] || value=$value$(openssl rand -base64 "$3" | tr -d '\n')
    printf '%s' "$value" > "$scratch/value"
    az keyvault secret set --vault-name "$KEY_VAULT_NAME" --name "$1" --file "$scratch/value" --encoding utf-8 \
        --expires "$(in_a_year)" --output none
    rm -f "$scratch/value"
    made=yes
    echo "The secret $1 was generated."
}

generate portal-webhook-secrets whsec_ 32
generate witness-webhook-secrets whsec_ 32
generate link-secret '' 48

# The watchdog's key is what the look from outside was just given.
parameters=infra/main.bicepparam
key=${SPORTELLO_TICK_KEY:-}
if [ -f "$parameters" ]; then
    [ -n "$key" ] || key=$(sed -n "s/^param tickKey = '\(.*\)'\$/\1/p" "$parameters")
    grep -v '^param tickKey = ' "$parameters" > "$scratch/parameters" || true
fi
if [ -n "$key" ]; then generate tick-key "$key"; else generate tick-key '' 48; fi
[ ! -f "$scratch/parameters" ] || cat "$scratch/parameters" > "$parameters"

# The app may have looked before they were there, and would look again only after a day. Whether it still has to, Azure says: what was
# made by a run that failed after it is found by the next one.
app=$(az functionapp show --resource-group "$AZURE_RESOURCE_GROUP" --name "$APP_NAME" --query id --output tsv)
references="$app/config/configreferences/appsettings"
unresolved=$(az rest --method get --url "$references?api-version=2022-03-01" \
    --query "value[?properties.status!='Resolved'].name" --output tsv) || unresolved="what cannot be asked"
if [ -n "$made$unresolved" ]; then
    az rest --method post --output none --url "$references/refresh?api-version=2022-03-01"
    az functionapp restart --resource-group "$AZURE_RESOURCE_GROUP" --name "$APP_NAME" --output none
fi

if [ -n "${SPORTELLO_ADMIN_ENTRA_ID:-}" ]; then
    : "${STORAGE_ACCOUNT_NAME:?is missing: run this from azd, or: export STORAGE_ACCOUNT_NAME=<the account>}"
    python=${PYTHON:-.venv/bin/python}
    command -v "$python" >/dev/null || { echo "There is no $python: run make setup, then this again." >&2; exit 1; }
    : "${SPORTELLO_ADMIN_NAME:?is missing: azd env set SPORTELLO_ADMIN_NAME <name>}"
    : "${SPORTELLO_ADMIN_EMAIL:?is missing: azd env set SPORTELLO_ADMIN_EMAIL <address>}"
    while :; do
        status=0
        "$python" -m dev.first_administrator --account "$STORAGE_ACCOUNT_NAME" --entra-id "$SPORTELLO_ADMIN_ENTRA_ID" \
            --name "$SPORTELLO_ADMIN_NAME" --email "$SPORTELLO_ADMIN_EMAIL" --language "${SPORTELLO_ADMIN_LANGUAGE:-it}" || status=$?
        [ "$status" -eq 75 ] || break # storage does not take us, yet
        wait_for "write the table of staff" \
            "The first administrator cannot be entered: is the deployer's object id set (deployerPrincipalId), and its address allowed?"
    done
    [ "$status" -eq 0 ] || exit "$status"
else
    echo "No first administrator was named (SPORTELLO_ADMIN_ENTRA_ID); docs/operations/first-deployment.md says how."
fi
