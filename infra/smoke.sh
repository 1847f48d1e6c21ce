#!/bin/sh
# Tries a desk from outside, without signing in and without writing anything: infra/smoke.sh <address>
# Waits up to five minutes (SPORTELLO_TRIES times SPORTELLO_PAUSE seconds) for it to be well.
set -eu

url=${1:?the address of the desk, https://…}
tries=${SPORTELLO_TRIES:-30}
pause=${SPORTELLO_PAUSE:-10}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
trap 'exit 1' HUP INT TERM

status_of() { # arguments of curl
    curl --silent --max-time 60 --output "$answer" --write-out '%{http_code}' "$@" || true
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

until said=$(is_well); do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        echo "$url is not well: $said" >&2
        exit 1
    fi
    sleep "$pause"
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

expect 200 "a public page" "$url/api/problems/not-found"
expect 401 "staff's pages without signing in" "$url/api/tickets"
expect 401 "staff's pages for somebody who claims to be signed in" -H 'X-MS-CLIENT-PRINCIPAL: e30=' -H 'X-MS-CLIENT-PRINCIPAL-IDP: aad' "$url/api/tickets"
expect 401 "the portal's webhook without a signature" --request POST --data '{}' "$url/api/webhooks/portal"
echo "$url answers as it should."
