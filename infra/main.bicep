// Sportello in one resource group. What each part is for: docs/operations/README.md. Stages: dev, test and prod .bicepparam.
//
//   az deployment group create --resource-group <group> --template-file infra/main.bicep --parameters infra/dev.bicepparam

targetScope = 'resourceGroup'

// --- Where and what ---------------------------------------------------------------------------------------------------------------

@description('Stage, in the names of things people see: dev, test, prod.')
@minLength(2)
@maxLength(8)
param stage string

@description('Azure region; it must offer Flex Consumption with Python 3.13.')
param location string = resourceGroup().location

@description('Tags on every resource, beside "application" and "stage".')
param tags object = {}

@description('Object id of whoever deploys: may write the secrets and enter the first administrator. Empty: nobody may.')
param deployerPrincipalId string = ''

@description('What the deployer is: a person, or the service principal of a pipeline.')
@allowed(['User', 'ServicePrincipal'])
param deployerPrincipalType string = 'User'

// --- The desk ---------------------------------------------------------------------------------------------------------------------

@description('Where people reach the desk, https and no final slash; empty: the address that Azure gives the app.')
param publicUrl string = ''

@description('Client id of the Entra app registration that staff sign in through; empty: nobody can sign in yet.')
param entraClientId string = ''

@description('Shards of the agenda. One is right until two thousand changes a second.')
@minValue(1)
@maxValue(64)
param agendaShards int = 1

@description('Mails a minute; 0: what Azure grants the kind of domain.')
@minValue(0)
param mailPerMinute int = 0

@description('Mails an hour; 0: what Azure grants the kind of domain.')
@minValue(0)
param mailPerHour int = 0

// --- Mail -------------------------------------------------------------------------------------------------------------------------

@description('Where Communication Services keeps its data at rest.')
param mailDataLocation string = 'Europe'

@description('The mail domain that is ours; empty: one that Azure makes, good for a trial.')
param mailDomain string = ''

@description('Second phase of a custom mail domain: true once Azure has verified its DNS records.')
param isMailDomainVerified bool = false

@description('What stands before the @ of the sender on a custom domain.')
param mailSenderName string = 'support'

@description('The name that people see as the sender on a custom domain.')
param mailSenderDisplayName string = 'Sportello'

@description('Whether the desk is told what became of its mail. Off only where Azure does not accept how Event Grid gets into the queue.')
param takesMailReports bool = true

// --- The app ----------------------------------------------------------------------------------------------------------------------

@description('Memory of an instance in MB; 512 MB has a quarter of a processor.')
@allowed([512, 2048, 4096])
param instanceMemoryMb int = 2048

@description('Most instances: a limit on cost, and on what a flood can start. Doors and each timer have their own.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Requests that one instance works at once, in threads.')
@minValue(1)
@maxValue(1000)
param concurrentRequests int = 8

@description('Instances that are always running, by function group ("http", "function:sweep"). Billed by the hour.')
param alwaysReady array = []

@description('Whether the Python worker sends its own telemetry, at the price of a slower cold start.')
param workerTelemetry bool = false

// --- How well it is kept ----------------------------------------------------------------------------------------------------------

@description('Whether app and storage are spread over the zones of the region.')
param isZoneRedundant bool = false

@description('Redundancy of the desk\'s storage account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageRedundancy string = 'Standard_LRS'

@description('Whether a lock keeps the desk\'s storage account from being deleted.')
param isDataLocked bool = false

@description('Days after which raw requests become cool, cold, and are deleted; 0: never. Nothing is deleted unless a contract says so.')
param rawRequests object = {
  coolAfterDays: 30
  coldAfterDays: 180
  deleteAfterDays: 0
}

@description('Days after which the raw results of probes are deleted; 0: never. They are append blobs, which have no cooler tier.')
@minValue(0)
param probeEvidenceDays int = 0

@description('Days that a deleted blob can still be brought back; what was erased for a person is gone only then.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

// --- Network ----------------------------------------------------------------------------------------------------------------------

@description('Whether storage and vault are reached through private endpoints alone.')
param usesPrivateEndpoints bool = false

@description('Addresses of the virtual network, where there is one: the whole, the app\'s part, the endpoints\' part.')
param networkPrefixes object = {
  whole: '10.42.0.0/24'
  app: '10.42.0.0/26'
  endpoints: '10.42.0.64/26'
}

@description('Public addresses (IPv4 or CIDR) that may still reach private storage and vault: a pipeline\'s, an operator\'s.')
param allowedAddresses array = []

// --- Watching ---------------------------------------------------------------------------------------------------------------------

@description('Addresses that alerts and the budget are mailed to.')
@minLength(1)
param alertEmails array

@description('Most that the logs take in a day, in GB, as text.')
param logsDailyCapGb string = '0.5'

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logsRetentionDays int = 30

@description('How often an alert that cannot wait is asked.')
@allowed(['PT5M', 'PT10M', 'PT15M'])
param urgentAlertsEvery string = 'PT5M'

@description('How often the other alerts are asked.')
@allowed(['PT15M', 'PT30M', 'PT1H'])
param otherAlertsEvery string = 'PT15M'

@description('Whether the desk is looked at from outside. Each look is billed.')
param isWatchedFromOutside bool = true

@description('Path of the health door.')
param healthPath string = '/api/health'

@description('Path of a public page that people read; the availability of the desk is counted on it.')
param statusPath string = '/api/status/page'

@description('Path of the watchdog\'s door; empty: nobody knocks there from outside.')
param tickPath string = '/api/internal/tick'

@description('What the watchdog\'s door asks for, as the vault has it (infra/hooks/tick-key.sh); empty: the look with the key is left as it is.')
@secure()
param tickKey string = ''

@description('Seconds between two looks from one place.')
@allowed([300, 600, 900])
param lookEverySeconds int = 300

@description('Places that look, as Azure\'s population tags.')
@minLength(1)
@maxLength(16)
param lookFrom array = ['emea-nl-ams-azr', 'emea-fr-pra-edge', 'emea-gb-db3-azr', 'emea-ru-msa-edge', 'emea-se-sto-edge']

@description('Places that must see a failure at once.')
@minValue(1)
param failingPlaces int = 3

@description('Days left to a certificate at which somebody is told.')
@minValue(1)
param certificateDays int = 21

@description('Most that the resource group may cost in a month, in the currency of the subscription.')
@minValue(1)
param monthlyBudget int

@description('Day the budget begins, which never changes (infra/hooks/budget-start.sh); empty: a budget that is there is left as it is.')
param budgetStartDate string = ''

// --- Names ------------------------------------------------------------------------------------------------------------------------

var unique = uniqueString(resourceGroup().id, stage)
var named = 'sportello-${stage}'
var tagged = union(tags, { application: 'sportello', stage: stage })

// What the code calls them: Table in shared/actions/ports.py, CONTAINER in shared/adapters/blobs.py, QUEUE in mail_reports.py there.
var deskTables = ['desk', 'agenda', 'system', 'watch']
var directoryTable = 'system'
var deskContainer = 'sportello'
var reportsQueue = 'mail-reports'
var undeliveredContainer = 'undelivered-reports'
var undeliveredDays = 30
var packagesContainer = 'packages'

// In the vault; infra/hooks/postprovision.sh gives them their values.
var webhookSecretsName = 'portal-webhook-secrets'
var witnessSecretsName = 'witness-webhook-secrets'
var linkSecretName = 'link-secret'
var tickKeyName = 'tick-key'

var overZones = { Standard_LRS: 'Standard_ZRS', Standard_ZRS: 'Standard_ZRS', Standard_GRS: 'Standard_GZRS', Standard_GZRS: 'Standard_GZRS' }
var redundancy = isZoneRedundant ? overZones[storageRedundancy] : storageRedundancy
// Azure refuses to change LRS into ZRS in place: where the desk's account is over zones, the host's is from the start.
var hostRedundancy = contains(redundancy, 'ZRS') ? 'Standard_ZRS' : 'Standard_LRS'

// --- What it stands on ------------------------------------------------------------------------------------------------------------

module identity 'modules/identity.bicep' = {
  params: {
    name: 'id-${named}'
    location: location
    tags: tagged
  }
}

module workspace 'modules/workspace.bicep' = {
  params: {
    name: 'log-${named}-${unique}'
    location: location
    tags: tagged
    dailyCapGb: logsDailyCapGb
    retentionDays: logsRetentionDays
  }
}

module insights 'modules/insights.bicep' = {
  params: {
    name: 'appi-${named}'
    location: location
    tags: tagged
    workspaceId: workspace.outputs.id
  }
}

// Two accounts: the host needs a whole one to itself, the desk's own is opened table by table.
module hostStorage 'modules/storage.bicep' = {
  params: {
    name: 'sthost${unique}'
    location: location
    tags: tagged
    sku: hostRedundancy
    containers: [packagesContainer]
    tables: []
    queues: []
    lifecycle: []
    softDeleteDays: softDeleteDays
    isPrivate: usesPrivateEndpoints
    allowedAddresses: allowedAddresses
    isLocked: false
    workspaceId: workspace.outputs.id
  }
}

module deskStorage 'modules/storage.bicep' = {
  params: {
    name: 'stdesk${unique}'
    location: location
    tags: tagged
    sku: redundancy
    containers: [deskContainer, undeliveredContainer]
    tables: deskTables
    queues: [reportsQueue]
    lifecycle: [
      union({ name: 'raw-requests', prefix: '${deskContainer}/raw/', blobType: 'blockBlob' }, rawRequests)
      { name: 'probe-evidence', prefix: '${deskContainer}/probes/', blobType: 'appendBlob', coolAfterDays: 0, coldAfterDays: 0, deleteAfterDays: probeEvidenceDays }
      { name: 'undelivered-reports', prefix: '${undeliveredContainer}/', blobType: 'blockBlob', coolAfterDays: 0, coldAfterDays: 0, deleteAfterDays: undeliveredDays }
    ]
    softDeleteDays: softDeleteDays
    isPrivate: usesPrivateEndpoints
    allowedAddresses: allowedAddresses
    isLocked: isDataLocked
    workspaceId: workspace.outputs.id
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: 'kv-${unique}'
    location: location
    tags: tagged
    isPrivate: usesPrivateEndpoints
    allowedAddresses: allowedAddresses
    workspaceId: workspace.outputs.id
  }
}

module mail 'modules/mail.bicep' = {
  params: {
    name: 'acs-${named}-${unique}'
    emailName: 'email-${named}-${unique}'
    tags: tagged
    dataLocation: mailDataLocation
    customDomain: mailDomain
    isCustomDomainVerified: isMailDomainVerified
    senderName: mailSenderName
    senderDisplayName: mailSenderDisplayName
    workspaceId: workspace.outputs.id
  }
}

module network 'modules/network.bicep' = if (usesPrivateEndpoints) {
  params: {
    name: 'vnet-${named}'
    location: location
    tags: tagged
    addressPrefix: networkPrefixes.whole
    appPrefix: networkPrefixes.app
    endpointsPrefix: networkPrefixes.endpoints
    zones: [blobZone, queueZone, tableZone, vaultZone]
    endpoints: [
      { name: 'host-blobs', resourceId: hostStorage.outputs.id, groupId: 'blob', zone: blobZone }
      { name: 'desk-blobs', resourceId: deskStorage.outputs.id, groupId: 'blob', zone: blobZone }
      { name: 'desk-queues', resourceId: deskStorage.outputs.id, groupId: 'queue', zone: queueZone }
      { name: 'desk-tables', resourceId: deskStorage.outputs.id, groupId: 'table', zone: tableZone }
      { name: 'vault', resourceId: vault.outputs.id, groupId: 'vault', zone: vaultZone }
    ]
  }
}

var blobZone = 'privatelink.blob.${environment().suffixes.storage}'
var queueZone = 'privatelink.queue.${environment().suffixes.storage}'
var tableZone = 'privatelink.table.${environment().suffixes.storage}'
// The zone's name is not the suffix of vaults: privatelink.vaultcore.azure.net in Azure's public cloud.
var vaultZone = 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'

module roles 'modules/roles.bicep' = {
  params: {
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: deployerPrincipalId
    deployerPrincipalType: deployerPrincipalType
    hostStorageName: hostStorage.outputs.name
    deskStorageName: deskStorage.outputs.name
    deskContainer: deskContainer
    deskTables: deskTables
    directoryTable: directoryTable
    reportsQueue: reportsQueue
    vaultName: vault.outputs.name
    mailName: mail.outputs.name
    insightsName: insights.outputs.name
  }
}

// --- The app ----------------------------------------------------------------------------------------------------------------------

module app 'modules/app.bicep' = {
  dependsOn: [roles]
  params: {
    name: 'func-${named}-${unique}'
    planName: 'plan-${named}'
    location: location
    tags: tagged
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    packagesContainer: '${hostStorage.outputs.blobEndpoint}${packagesContainer}'
    workspaceId: workspace.outputs.id
    instanceMemoryMb: instanceMemoryMb
    maximumInstances: maximumInstances
    concurrentRequests: concurrentRequests
    alwaysReady: alwaysReady
    isZoneRedundant: isZoneRedundant
    subnetId: usesPrivateEndpoints ? network!.outputs.appSubnetId : ''
    publicUrl: publicUrl
    entraClientId: entraClientId
    workerTelemetry: workerTelemetry
    settings: {
      STORAGE_ACCOUNT_NAME: deskStorage.outputs.name
      MAIL_ENDPOINT: mail.outputs.endpoint
      MAIL_SENDER: mail.outputs.sender
      MAIL_PER_MINUTE: string(mailPerMinute > 0 ? mailPerMinute : mail.outputs.usesCustomDomain ? 30 : 5)
      MAIL_PER_HOUR: string(mailPerHour > 0 ? mailPerHour : mail.outputs.usesCustomDomain ? 100 : 10)
      PORTAL_WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${webhookSecretsName})'
      WITNESS_WEBHOOK_SECRETS: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${witnessSecretsName})'
      LINK_SECRET: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${linkSecretName})'
      TICK_KEY: '@Microsoft.KeyVault(SecretUri=${vault.outputs.uri}secrets/${tickKeyName})'
      AGENDA_SHARDS: string(agendaShards)
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
    }
  }
}

module signIn 'modules/signin.bicep' = if (!empty(entraClientId)) {
  params: {
    appName: app.outputs.name
    entraClientId: entraClientId
  }
}

// --- Watching ---------------------------------------------------------------------------------------------------------------------

module actions 'modules/actions.bicep' = {
  params: {
    name: 'ag-${named}'
    tags: tagged
    emails: alertEmails
  }
}

module events 'modules/events.bicep' = {
  params: {
    name: 'evgt-${named}'
    location: location
    tags: tagged
    vaultId: vault.outputs.id
    actionGroupId: actions.outputs.id
    workspaceId: workspace.outputs.id
  }
}

module reports 'modules/reports.bicep' = if (takesMailReports) {
  params: {
    name: 'evgt-${named}-mail'
    identityName: 'id-${named}-reports'
    location: location
    tags: tagged
    mailId: mail.outputs.id
    storageName: deskStorage.outputs.name
    queueName: reportsQueue
    undeliveredContainer: undeliveredContainer
    isPrivate: usesPrivateEndpoints
    workspaceId: workspace.outputs.id
  }
}

module availability 'modules/availability.bicep' = if (isWatchedFromOutside) {
  params: {
    name: named
    location: location
    tags: tagged
    insightsId: insights.outputs.id
    actionGroupId: actions.outputs.id
    url: app.outputs.url
    healthPath: healthPath
    statusPath: statusPath
    tickPath: tickPath
    tickKey: tickKey
    frequencySeconds: lookEverySeconds
    places: lookFrom
    failingPlaces: failingPlaces
    certificateDays: certificateDays
  }
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: named
    location: location
    tags: tagged
    workspaceId: workspace.outputs.id
    actionGroupId: actions.outputs.id
    urgentEvery: urgentAlertsEvery
    otherwiseEvery: otherAlertsEvery
  }
}

module workbook 'modules/workbook.bicep' = {
  params: {
    location: location
    tags: tagged
    workspaceId: workspace.outputs.id
  }
}

module queries 'modules/queries.bicep' = {
  params: {
    workspaceName: workspace.outputs.name
  }
}

module budget 'modules/budget.bicep' = if (!empty(budgetStartDate)) {
  params: {
    name: named
    amount: monthlyBudget
    startDate: budgetStartDate
    emails: alertEmails
    actionGroupId: actions.outputs.id
  }
}

// --- What the hooks and the pipeline need. No output is a secret. -----------------------------------------------------------------

@description('Where people reach the desk.')
output DESK_URL string = app.outputs.url

@description('Address that Azure gives the app: what a deployment is tried at.')
output DESK_OWN_URL string = app.outputs.ownUrl

@description('Name of the function app.')
output APP_NAME string = app.outputs.name

@description('Storage account of the desk.')
output STORAGE_ACCOUNT_NAME string = deskStorage.outputs.name

@description('Key Vault of the desk.')
output KEY_VAULT_NAME string = vault.outputs.name

@description('Object id of the app\'s identity, for the federated credential of the app registration.')
output IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId

@description('DNS records to enter for a custom mail domain; empty without one.')
output MAIL_DNS_RECORDS object = mail.outputs.dnsRecords

@description('Address that mail comes from.')
output MAIL_SENDER string = mail.outputs.sender
