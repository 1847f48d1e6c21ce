#!/bin/sh
# Prints the day a budget begins: infra/hooks/budget-start.sh <resource group> <stage>. Azure takes a new budget that begins in this
# month and no earlier one, and never lets the day be changed: so the one that the budget there has, or the first of this month.
# Nothing, where that cannot be read: the budget is then left as it is.
set -eu

group=${1:?the resource group}
stage=${2:?the stage}
subscription=${AZURE_SUBSCRIPTION_ID:-}
[ -n "$subscription" ] || subscription='{subscriptionId}' # which is replaced by the signed-in one
budgets="/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.Consumption/budgets?api-version=2023-11-01"

if ! start=$(az rest --method get --url "$budgets" --query "value[?name=='sportello-$stage'].properties.timePeriod.startDate" --output tsv); then
    echo "The budgets of $group cannot be read; the desk's is left as it is, and not made where there is none." >&2
    exit 0
fi
[ -n "$start" ] || start=$(date -u +%Y-%m-01)
echo "$start"
