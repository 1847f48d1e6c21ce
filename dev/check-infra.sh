#!/bin/sh
# Checks the infrastructure: Bicep's own compiler where it is installed (bicep, or that of az), else an offline checker where one is
# at hand (BICEP_CHECK, or ../shared/tools/bicep_check.py); then checkov. What is not here it says, and how to get it. That is a failure
# where INFRA_CHECK=required (CI: one of the first two) or INFRA_CHECK=all (the pipeline that deploys: checkov too).
set -u
cd "$(dirname "$0")/.." || exit 1

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
    case ${INFRA_CHECK:-} in required | all) failed=1 ;; esac
fi

# Checkov, where it is installed; what it is told to leave out, and why, is in infra/.checkov.yaml. A file that it cannot read it leaves
# out, and is content: that is a failure here.
if command -v checkov >/dev/null 2>&1; then
    checkov --config-file infra/.checkov.yaml > "$scratch/checkov" || failed=1
    cat "$scratch/checkov"
    if grep -q 'Parsing errors: [1-9]' "$scratch/checkov"; then
        echo "checkov left out a file that it cannot read: LOG_LEVEL=WARNING checkov --config-file infra/.checkov.yaml says which." >&2
        failed=1
    fi
else
    echo "NOT CHECKED: infra/ by checkov, which is not installed." >&2
    echo "  To check it: pipx install checkov (or pip install checkov in an environment of its own), and run this again." >&2
    if [ "${INFRA_CHECK:-}" = all ]; then failed=1; fi
fi
exit "$failed"
