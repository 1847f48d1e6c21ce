// What becomes of mail that was sent: Communication Services tells Event Grid, Event Grid puts it into a queue of the desk, by identity.

@description('Name of the topic.')
param name string

@description('Name of the identity that Event Grid puts reports into the queue with.')
param identityName string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Communication Services resource.')
param mailId string

@description('Storage account of the desk.')
param storageName string

@description('Queue that the desk reads reports from.')
param queueName string

@description('Container that takes reports which cannot be put into the queue.')
param undeliveredContainer string

@description('Whether the account has a firewall, which lets only an identity of the topic\'s own through.')
param isPrivate bool

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

// Built-in roles: docs/operations/roles.md says what each is for.
var role = {
  queueMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName

  resource queues 'queueServices' existing = {
    name: 'default'

    resource queue 'queues' existing = {
      name: queueName
    }
  }

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource undelivered 'containers' existing = {
      name: undeliveredContainer
    }
  }
}

// Topics about Communication Services are global, and Azure documents an identity of their own for regional ones only; public
// templates give such a topic a user-assigned one. A storage firewall, however, lets no user-assigned one in. Only Azure can prove it.
resource sender 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: identityName
  location: location
  tags: tags
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: 'global'
  tags: tags
  identity: isPrivate ? { type: 'SystemAssigned' } : { type: 'UserAssigned', userAssignedIdentities: { '${sender.id}': {} } }
  properties: {
    source: mailId
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

var sendsAs = isPrivate ? { type: 'SystemAssigned' } : { type: 'UserAssigned', userAssignedIdentity: sender.id }

resource sending 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::queues::queue.id, topic.id, string(isPrivate), role.queueMessageSender)
  scope: storage::queues::queue
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.queueMessageSender)
    principalId: isPrivate ? topic.identity.principalId : sender.properties.principalId
    principalType: 'ServicePrincipal'
    description: 'Event Grid: puts reports of mail into the queue'
  }
}

resource keeping 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage::blobs::undelivered.id, topic.id, string(isPrivate), role.blobDataContributor)
  scope: storage::blobs::undelivered
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.blobDataContributor)
    principalId: isPrivate ? topic.identity.principalId : sender.properties.principalId
    principalType: 'ServicePrincipal'
    description: 'Event Grid: keeps reports of mail that do not get into the queue'
  }
}

resource reports 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'delivery-reports'
  dependsOn: [sending, keeping]
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: { includedEventTypes: ['Microsoft.Communication.EmailDeliveryReportReceived'] }
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deliveryWithResourceIdentity: {
      identity: sendsAs
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: storage.id
          queueName: queueName
          // For ever: a report that waits is never lost, however long the desk stands still.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    deadLetterWithResourceIdentity: {
      identity: sendsAs
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: storage.id
          blobContainerName: undeliveredContainer
        }
      }
    }
  }
}

resource topicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: topic
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
  }
}
