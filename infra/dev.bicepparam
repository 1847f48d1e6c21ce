// A desk to try things on: the smallest and cheapest, with mail from Azure's own domain and nobody woken at night.
using 'main.bicep'

param stage = 'dev'
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User') == 'User' ? 'User' : 'ServicePrincipal'
param entraClientId = readEnvironmentVariable('SPORTELLO_ENTRA_CLIENT_ID', '')
param tickKey = readEnvironmentVariable('SPORTELLO_TICK_KEY', '')
param budgetStartDate = readEnvironmentVariable('SPORTELLO_BUDGET_START', '')
param workerTelemetry = bool(readEnvironmentVariable('SPORTELLO_WORKER_TELEMETRY', 'false'))
param alertEmails = [readEnvironmentVariable('SPORTELLO_ALERT_EMAIL')]
param isWatchedFromOutside = false
param urgentAlertsEvery = 'PT15M'
param otherAlertsEvery = 'PT1H'
param logsDailyCapGb = '0.1'
param monthlyBudget = 10
