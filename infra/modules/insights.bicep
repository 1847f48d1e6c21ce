// Application Insights on the workspace. Entra only: no instrumentation key opens it.

@description('Name of the component.')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

@description('Resource id of the component.')
output id string = component.id

@description('Name of the component.')
output name string = component.name

@description('Where telemetry goes. It names the component; with local authentication off it opens nothing.')
output connectionString string = component.properties.ConnectionString
