// The desk that customers use. What a subscriber decides (addresses, domains, the Entra registration) comes from the environment:
// docs/operations/first-deployment.md lists the variables.
using 'main.bicep'

param stage = 'prod'
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User') == 'User' ? 'User' : 'ServicePrincipal'
param publicUrl = readEnvironmentVariable('SPORTELLO_PUBLIC_URL', '')
param entraClientId = readEnvironmentVariable('SPORTELLO_ENTRA_CLIENT_ID', '')
param tickKey = readEnvironmentVariable('SPORTELLO_TICK_KEY', '')
param budgetStartDate = readEnvironmentVariable('SPORTELLO_BUDGET_START', '')
param workerTelemetry = bool(readEnvironmentVariable('SPORTELLO_WORKER_TELEMETRY', 'false'))
param alertEmails = [readEnvironmentVariable('SPORTELLO_ALERT_EMAIL')]
param mailDomain = readEnvironmentVariable('SPORTELLO_MAIL_DOMAIN', '')
param isMailDomainVerified = bool(readEnvironmentVariable('SPORTELLO_MAIL_DOMAIN_VERIFIED', 'false'))
param storageRedundancy = 'Standard_ZRS'
param isDataLocked = true
param logsDailyCapGb = '1'
param logsRetentionDays = 90
param lookEverySeconds = 300
param monthlyBudget = 100

// More, when it is worth its price (docs/operations/README.md#choices):
//   param isZoneRedundant = true                                      app over the zones: at least two instances always running a group
//   param alwaysReady = [{ name: 'http', instanceCount: 1 }]          no cold start for people
//   param usesPrivateEndpoints = true                                 storage and vault off the internet
