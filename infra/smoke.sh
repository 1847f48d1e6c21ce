#!/bin/sh
# Tries a desk from outside, without signing in: infra/smoke.sh <address>
# With the watchdog's key in SPORTELLO_TICK_KEY it knocks at its door first, so that what has never run on a new desk runs.
# Waits up to five minutes (SPORTELLO_TRIES times SPORTELLO_PAUSE seconds) for it to be well.
set -eu

url=${1:?the address of the desk, https://…}
tries=${SPORTELLO_TRIES:-30}
pause=${SPORTELLO_PAUSE:-10}

umask 077
scratch=$(mktemp -d)
answer=$scratch/answer
: > "$answer"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

status_of() { # arguments of curl
    curl --silent --max-time 60 --output "$answer" --write-out '%{http_code}' "$@" || true
}

knock() {
    [ -n "${SPORTELLO_TICK_KEY:-}" ] || return 0
    printf 'X-Tick-Key: %s' "$SPORTELLO_TICK_KEY" > "$scratch/header"
    echo "the watchdog's door: $(status_of --request POST --max-time 120 --header "@$scratch/header" "$url/api/internal/tick")"
}

# Well: all of it; or, on a desk that is new, all but the timers that have never run, since one of them runs only at night.
is_well() {
    [ "$(status_of "$url/api/health")" = 200 ] && return
    python3 -c '
import json, sys
try:
    problems = json.load(open(sys.argv[1])).get("problems") or ["it does not say why"]
except ValueError:
    problems = ["it does not answer"]
print("\n".join(problems), file=sys.stderr)
sys.exit(not all(problem.endswith("has never run") for problem in problems))' "$answer" 2>&1
}

knock
until said=$(is_well); do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        echo "$url is not well: $said" >&2
        exit 1
    fi
    sleep "$pause"
    knock
done
[ -z "$said" ] || echo "New: $said"

expect() { # status, what, arguments of curl
    wanted=$1
    what=$2
    shift 2
    found=$(status_of "$@")
    if [ "$found" != "$wanted" ]; then
        echo "$what: $found instead of $wanted" >&2
        exit 1
    fi
    echo "$what: $found"
}

# In the form that the platform gives it, of an account that there is not: whoever believed it would answer 403.
principal=$(printf '{"auth_typ": "aad", "claims": [{"typ": "oid", "val": "00000000-0000-4000-8000-000000000000"}]}' | base64 | tr -d '\n')

expect 200 "a public page" "$url/api/status/page"
expect 401 "staff's pages without signing in" "$url/api/tickets"
expect 401 "staff's pages for somebody who claims to be signed in" -H "X-MS-CLIENT-PRINCIPAL: $principal" -H 'X-MS-CLIENT-PRINCIPAL-IDP: aad' \
    "$url/api/tickets"
expect 401 "the portal's webhook without a signature" --request POST --data '{}' "$url/api/webhooks/portal"
expect 401 "the watchdog's door without its key" --request POST --data '' "$url/api/internal/tick"
echo "$url answers as it should."
