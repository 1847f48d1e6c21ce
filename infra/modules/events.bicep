// Event Grid: secrets that are about to expire are told to people. What becomes of mail: reports.bicep.

@description('Beginning of the topics\' names.')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Key Vault.')
param vaultId string

@description('Resource id of the action group.')
param actionGroupId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

resource vaultTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: '${name}-vault'
  location: location
  tags: tags
  properties: {
    source: vaultId
    topicType: 'Microsoft.KeyVault.vaults'
  }
}

resource expiry 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: vaultTopic
  name: 'secret-expiry'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: {
      includedEventTypes: ['Microsoft.KeyVault.SecretNearExpiry', 'Microsoft.KeyVault.SecretExpired']
    }
    destination: {
      endpointType: 'MonitorAlert'
      properties: {
        severity: 'Sev2'
        description: 'A secret of Sportello expires within 30 days, or has. docs/operations/alerts.md#secret-expiry'
        actionGroups: [actionGroupId]
      }
    }
  }
}

resource vaultTopicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vaultTopic
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
  }
}
