// Event Grid: what happens to mail that was sent, told to the desk; and secrets that are about to expire, told to people.

@description('Beginning of the topics\' names.')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Communication Services resource.')
param mailId string

@description('Resource id of the Key Vault.')
param vaultId string

@description('Resource id of the action group.')
param actionGroupId string

@description('Address of the door that takes delivery reports; empty: there is none yet, and none is told.')
param reportsUrl string

@description('Client id of the Entra app registration that Event Grid\'s token for that door is made out to.')
param reportsAudience string

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

resource mailTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (!empty(reportsUrl)) {
  name: '${name}-mail'
  location: 'global'
  tags: tags
  properties: {
    source: mailId
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

resource reports 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (!empty(reportsUrl)) {
  parent: mailTopic
  name: 'delivery-reports'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: { includedEventTypes: ['Microsoft.Communication.EmailDeliveryReportReceived'] }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: reportsUrl
        minimumTlsVersionAllowed: '1.2'
        azureActiveDirectoryTenantId: tenant().tenantId
        azureActiveDirectoryApplicationIdOrUri: reportsAudience
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

resource mailTopicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(reportsUrl)) {
  name: 'to-workspace'
  scope: mailTopic
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
  }
}
