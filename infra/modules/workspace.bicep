// Log Analytics: where logs, measures and audit records end, with a daily cap so that no loop can make a bill.

@description('Name of the workspace.')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Most that is taken in a day, in GB (decimals as text, "0.5"); what comes after is lost until the next day, and an alert says so.')
param dailyCapGb string

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    workspaceCapping: { dailyQuotaGb: json(dailyCapGb) }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: workspace
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

@description('Resource id of the workspace.')
output id string = workspace.id

@description('Name of the workspace.')
output name string = workspace.name
