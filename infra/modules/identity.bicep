// The one identity of the app: it reads its package, its tables and blobs, its secrets, sends mail and telemetry. Roles: roles.bicep.

@description('Name of the user-assigned identity.')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id, for what the identity is attached to.')
output id string = identity.id

@description('Client id (AZURE_CLIENT_ID).')
output clientId string = identity.properties.clientId

@description('Object id, for role assignments.')
output principalId string = identity.properties.principalId
