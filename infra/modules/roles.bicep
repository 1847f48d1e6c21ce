// Who may do what: the app's identity, and whoever deploys. Each role at the narrowest scope that carries it.

@description('Object id of the app\'s identity.')
param appPrincipalId string

@description('Object id of whoever deploys, who puts the secrets into the vault and enters the first administrator; empty: nobody may.')
param deployerPrincipalId string

@description('What the deployer is.')
@allowed(['User', 'ServicePrincipal'])
param deployerPrincipalType string

@description('Storage account of the Functions host and the packages.')
param hostStorageName string

@description('Storage account of the desk.')
param deskStorageName string

@description('Container of the desk\'s blobs.')
param deskContainer string

@description('Tables of the desk.')
param deskTables array

@description('Queue of the desk with reports of mail.')
param reportsQueue string

@description('The desk\'s table that holds staff.')
param directoryTable string

@description('Key Vault.')
param vaultName string

@description('Communication Services resource.')
param mailName string

@description('Application Insights component.')
param insightsName string

// Built-in roles: docs/operations/roles.md says what each is for.
var role = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  queueMessageProcessor: '8a0f0c08-91a1-4084-bc3d-661d67233fed'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  vaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  vaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  mailOwner: '09976791-48a7-449e-bb21-39d1a415f350'
}

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

resource deskStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: deskStorageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = {
      name: deskContainer
    }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource reports 'queues' existing = {
      name: reportsQueue
    }
  }

  resource tableService 'tableServices' existing = {
    name: 'default'

    resource directory 'tables' existing = {
      name: directoryTable
    }
  }
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [
  for table in deskTables: {
    parent: deskStorage::tableService
    name: table
  }
]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource mail 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: mailName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The host keeps leases, its keys and the packages here, in containers that it makes itself: hence the account. Nothing else is in it.
resource hostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostStorage.id, appPrincipalId, role.blobDataOwner)
  scope: hostStorage
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.blobDataOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Functions host: leases, keys, packages'
  }
}

resource deskBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deskStorage::blobs::container.id, appPrincipalId, role.blobDataContributor)
  scope: deskStorage::blobs::container
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.blobDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Desk: raw requests and evidence'
  }
}

resource deskRows 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (table, i) in deskTables: {
    name: guid(deskStorage.id, table, appPrincipalId, role.tableDataContributor)
    scope: tables[i]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.tableDataContributor)
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      description: 'Desk: rows of ${table}'
    }
  }
]

resource deskReports 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(deskStorage::queues::reports.id, appPrincipalId, role.queueMessageProcessor)
  scope: deskStorage::queues::reports
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.queueMessageProcessor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Desk: reads and deletes reports of mail'
  }
}

resource secrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, role.vaultSecretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.vaultSecretsUser)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Desk: reads its secrets'
  }
}

resource sending 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(mail.id, appPrincipalId, role.mailOwner)
  scope: mail
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.mailOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Desk: sends mail; no smaller built-in role can'
  }
}

resource telemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, appPrincipalId, role.metricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.metricsPublisher)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Desk: sends telemetry'
  }
}

resource secretsOfDeployer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(vault.id, deployerPrincipalId, role.vaultSecretsOfficer)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.vaultSecretsOfficer)
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    description: 'Deployment: generates and rotates secrets'
  }
}

resource directoryOfDeployer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(deskStorage.id, directoryTable, deployerPrincipalId, role.tableDataContributor)
  scope: deskStorage::tableService::directory
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.tableDataContributor)
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    description: 'Deployment: enters the first administrator'
  }
}
