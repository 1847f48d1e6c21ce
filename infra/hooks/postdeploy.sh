#!/bin/sh
# After the package is there: knocks at the watchdog's door, so that what has never run on a new desk runs, and tries the desk.
set -eu
cd "$(dirname "$0")/../.."

: "${DESK_OWN_URL:?is missing: run this from azd, or: export DESK_OWN_URL=<the address that Azure gives the app>}"
SPORTELLO_TICK_KEY=$(infra/hooks/tick-key.sh "${KEY_VAULT_NAME:?is missing: run this from azd, or: export KEY_VAULT_NAME=<the vault>}")
export SPORTELLO_TICK_KEY
infra/smoke.sh "$DESK_OWN_URL"
