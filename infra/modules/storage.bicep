// One storage account: containers, tables, queues, lifecycle rules. Shared keys off, nothing public, TLS 1.2.
// The app has two: one for the Functions host and the packages, one for the desk's own data (see main.bicep).

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Redundancy: Standard_LRS, Standard_ZRS (zones), Standard_GZRS (zones and a second region).')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param sku string

@description('Blob containers.')
param containers array

@description('Tables.')
param tables array

@description('Queues.')
param queues array

@description('Lifecycle rules: name, prefix (with the container), blobType, and after how many days its blobs become cool, cold, and are deleted (coolAfterDays, coldAfterDays, deleteAfterDays). 0: never. Append blobs can only be deleted.')
param lifecycle array

@description('Days that a deleted blob or container can still be brought back. What was erased for a person is gone only then.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('Whether the account is reached through private endpoints.')
param isPrivate bool

@description('Public addresses (IPv4 or CIDR) that may still reach a private account; none: nobody.')
param allowedAddresses array

@description('Whether a lock keeps the account from being deleted, by hand or with its resource group.')
param isLocked bool

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      ipRules: [for address in allowedAddresses: { value: address, action: 'Allow' }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    // No versions: a version would keep what was erased. Raw requests are named by their hash and never overwritten.
    isVersioningEnabled: false
  }
}

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: { publicAccess: 'None' }
  }
]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = if (!empty(tables)) {
  parent: account
  name: 'default'
}

resource tablesOfAccount 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [
  for table in tables: {
    parent: tableService
    name: table
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = if (!empty(queues)) {
  parent: account
  name: 'default'
}

resource queuesOfAccount 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for queue in queues: {
    parent: queueService
    name: queue
  }
]

var moving = filter(lifecycle, each => each.coolAfterDays > 0 || each.coldAfterDays > 0 || each.deleteAfterDays > 0)

resource rules 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (!empty(moving)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        for rule in moving: {
          name: rule.name
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: [rule.blobType], prefixMatch: [rule.prefix] }
            actions: {
              baseBlob: union(
                rule.coolAfterDays > 0 ? { tierToCool: { daysAfterModificationGreaterThan: rule.coolAfterDays } } : {},
                rule.coldAfterDays > 0 ? { tierToCold: { daysAfterModificationGreaterThan: rule.coldAfterDays } } : {},
                rule.deleteAfterDays > 0 ? { delete: { daysAfterModificationGreaterThan: rule.deleteAfterDays } } : {}
              )
            }
          }
        }
      ]
    }
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'The desk\'s data. Take the lock away only with the data exported (docs/operations/disaster.md).'
  }
}

// Who deleted what; reads and writes would be more log than data. Transactions as a metric: the cost of storage.
resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(tables)) {
  name: 'to-workspace'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(queues)) {
  name: 'to-workspace'
  scope: queueService
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of its blobs, with a final slash.')
output blobEndpoint string = account.properties.primaryEndpoints.blob
