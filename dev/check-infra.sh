#!/bin/sh
# Checks the infrastructure: Bicep's own compiler where it is installed (bicep, or az with it), else an offline checker where one is
# at hand (BICEP_CHECK, or ../shared/tools/bicep_check.py). With neither it says what was not checked, and fails
# where INFRA_CHECK=required (the pipeline that deploys).
set -u
cd "$(dirname "$0")/.."

checker=${BICEP_CHECK:-../shared/tools/bicep_check.py}
python=${PYTHON:-python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
parameters=$(find infra -maxdepth 1 -name '*.bicepparam' ! -name main.bicepparam | sort)
failed=0

compile() { # what compiles, as "bicep" or "az bicep": a warning is a failure too, for both write them to standard error
    # What a subscriber must name; any value will do to compile.
    SPORTELLO_ALERT_EMAIL=${SPORTELLO_ALERT_EMAIL:-nobody@example.com}
    export SPORTELLO_ALERT_EMAIL
    case $1 in
        bicep) bicep build infra/main.bicep --outfile "$scratch/main.json" ;;
        *) az bicep build --file infra/main.bicep --outfile "$scratch/main.json" ;;
    esac 2> "$scratch/said" || failed=1
    for file in $parameters; do
        case $1 in
            bicep) bicep build-params "$file" --outfile "$scratch/parameters.json" ;;
            *) az bicep build-params --file "$file" --outfile "$scratch/parameters.json" ;;
        esac 2>> "$scratch/said" || failed=1
    done
    cat "$scratch/said" >&2
    if grep -qE '(Warning|Error) (BCP|[a-z-]+)' "$scratch/said"; then failed=1; fi
    [ "$failed" -eq 0 ] && echo "Infrastructure: $1 has no findings."
}

if command -v bicep >/dev/null 2>&1; then
    compile bicep
elif command -v az >/dev/null 2>&1 && az bicep version >/dev/null 2>&1; then
    compile "az bicep"
elif [ -f "$checker" ]; then
    # shellcheck disable=SC2086  # one argument a file
    "$python" "$checker" infra/main.bicep $parameters || failed=1
else
    echo "NOT CHECKED: the infrastructure (infra/*.bicep). There is neither Bicep nor an offline checker here." >&2
    echo "  To check it, install Bicep (https://aka.ms/bicep-install, or: az bicep install) and run this again." >&2
    if [ "${INFRA_CHECK:-}" = required ]; then failed=1; fi
fi

# Checkov, where it is installed; what it is told to leave out, and why, is in infra/.checkov.yaml.
if command -v checkov >/dev/null 2>&1; then
    checkov --config-file infra/.checkov.yaml || failed=1
else
    echo "NOT CHECKED: infra/ by checkov, which is not installed (pipx install checkov)." >&2
fi
exit "$failed"
