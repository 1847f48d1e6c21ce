// The plan and the app: Flex Consumption, Python 3.13, everything by its identity. Staff's sign-in: signin.bicep.

@description('Name of the function app.')
param name string

@description('Name of the plan.')
param planName string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the user-assigned identity.')
param identityId string

@description('Client id of the user-assigned identity.')
param identityClientId string

@description('Name of the storage account of the Functions host.')
param hostStorageName string

@description('Container of the packages, as an address.')
param packagesContainer string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMb int

@description('Most instances; a limit on cost and on what a flood can start.')
@minValue(1)
@maxValue(1000)
param maximumInstances int

@description('Requests that one instance works at once, in threads. Python would take one.')
@minValue(1)
@maxValue(1000)
param concurrentRequests int

@description('Instances that are always running, by function group: "http", or "function:<name>". Billed by the hour.')
param alwaysReady array

@description('Whether instances are spread over the zones of the region; bills at least two always-ready instances a group.')
param isZoneRedundant bool

@description('Subnet that the app reaches private endpoints from; empty: none.')
param subnetId string

@description('Settings that the code reads (shared/settings.py), without PUBLIC_URL and AZURE_CLIENT_ID.')
param settings object

@description('Whether the Python worker sends its own telemetry (OpenTelemetry), which must then be in the package: the hook adds it where SPORTELLO_WORKER_TELEMETRY is true. It costs more than a second at every cold start; without it the host relays the logs.')
param workerTelemetry bool

@description('Where people reach the desk, https and no final slash; empty: the address that Azure gives it.')
param publicUrl string

@description('Client id of the Entra app registration that staff sign in through; empty: nobody can sign in.')
param entraClientId string

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: isZoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'desk' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    // Only an app made with it can ever have a certificate for a domain of ours (docs/operations/custom-domain.md).
    #disable-next-line BCP037 // in preview: the published types do not have it yet
    siteScopedCertificatesEnabled: true
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesContainer
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'python', version: '3.13' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMb
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady
        triggers: { http: { perInstanceConcurrency: concurrentRequests } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

// The host stops relaying what the worker sends itself, or every line would arrive twice. No spans of outgoing requests: their URLs hold
// keys of rows, and addresses of other systems.
var ofWorker = workerTelemetry ? {
      PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY: 'true'
      AzureFunctionsJobHost__telemetryMode: 'OpenTelemetry'
      OTEL_TRACES_EXPORTER: 'none'
      OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'azure_sdk,requests,urllib,urllib3'
    } : {}
var ofSignIn = empty(entraClientId) ? {} : { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId }

// Apart from the app, because PUBLIC_URL is known only once the app is there.
resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, ofWorker, ofSignIn, {
    AzureWebJobsStorage__accountName: hostStorageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AZURE_CLIENT_ID: identityClientId
    PYTHON_THREADPOOL_THREAD_COUNT: string(concurrentRequests + 4) // and the timers
    PUBLIC_URL: empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl
  })
}

// No passwords for publishing.
resource noFtp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noBasicScm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

// Measures of executions and memory, which are the bill. The app's own logs go to Application Insights; here they would be paid twice.
resource measures 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id of the app.')
output id string = app.id

@description('Name of the app.')
output name string = app.name

@description('Where people reach the desk.')
output url string = empty(publicUrl) ? 'https://${app.properties.defaultHostName}' : publicUrl

@description('Address that Azure gives the app, where deployments are tried.')
output ownUrl string = 'https://${app.properties.defaultHostName}'
