// App Service authentication: staff sign in through Entra. Nobody is turned away at the gate: the portal's webhook, customers' pages
// and the health door have keys of their own or none, and the app asks who is there, door by door. No excludedPaths: they would pass
// the gate by, and with it what takes X-MS-CLIENT-PRINCIPAL away from strangers. No client secret: the app's identity vouches for
// the registration (docs/operations/entra-registration.md).

@description('Name of the function app.')
param appName string

@description('Client id of the Entra app registration.')
param entraClientId string

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource signIn 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: false
      unauthenticatedClientAction: 'AllowAnonymous'
    }
    httpSettings: { requireHttps: true }
    login: { tokenStore: { enabled: false } }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: [entraClientId, 'api://${entraClientId}']
        }
      }
    }
  }
}
