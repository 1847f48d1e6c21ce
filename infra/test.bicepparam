// The staging app: what production is, at the size of a trial. Every release is tried here first.
using 'main.bicep'

param stage = 'test'
param deployerPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param deployerPrincipalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User') == 'User' ? 'User' : 'ServicePrincipal'
param entraClientId = readEnvironmentVariable('SPORTELLO_ENTRA_CLIENT_ID', '')
param alertEmails = [readEnvironmentVariable('SPORTELLO_ALERT_EMAIL', 'nobody@example.com')]
param storageRedundancy = 'Standard_ZRS'
param maximumInstances = 5
param isWatchedFromOutside = false
param urgentAlertsEvery = 'PT15M'
param otherAlertsEvery = 'PT1H'
param logsDailyCapGb = '0.2'
param monthlyBudget = 20
