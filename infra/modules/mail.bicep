// Communication Services with an e-mail domain: Azure's own, or ours in two phases (docs/operations/custom-domain.md).

@description('Name of the Communication Services resource.')
param name string

@description('Name of the Email Communication Services resource.')
param emailName string

@description('Tags on every resource.')
param tags object

@description('Where the service keeps its data at rest.')
param dataLocation string

@description('The mail domain that is ours, "mail.example.com"; empty: one that Azure makes, good for a trial (5 mails a minute, 10 an hour).')
param customDomain string

@description('Second phase of a custom domain: true once its DNS records stand and Azure has verified them.')
param isCustomDomainVerified bool

@description('What stands before the @ of the sender on a custom domain.')
param senderName string

@description('The name that people see as the sender on a custom domain.')
param senderDisplayName string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

var usesCustomDomain = !empty(customDomain) && isCustomDomainVerified

resource email 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: emailName
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }
}

resource managed 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: email
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'AzureManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource custom 'Microsoft.Communication/emailServices/domains@2025-09-01' = if (!empty(customDomain)) {
  parent: email
  name: empty(customDomain) ? 'none' : customDomain
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'CustomerManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource sender 'Microsoft.Communication/emailServices/domains/senderUsernames@2025-09-01' = if (usesCustomDomain) {
  parent: custom
  name: senderName
  properties: {
    username: senderName
    displayName: senderDisplayName
  }
}

resource service 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
    linkedDomains: [usesCustomDomain ? custom.id : managed.id]
  }
}

// What was sent, and measures. Not EmailStatusUpdateOperational: its rows name recipients; delivery is told by reports (events.bicep).
resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: service
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'EmailSendMailOperational', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('Resource id of the Communication Services resource.')
output id string = service.id

@description('Name of the Communication Services resource.')
output name string = service.name

@description('Address of the service (MAIL_ENDPOINT).')
output endpoint string = 'https://${service.properties.hostName}'

@description('Address mail comes from (MAIL_SENDER).')
output sender string = usesCustomDomain ? '${senderName}@${customDomain}' : 'DoNotReply@${managed.properties.mailFromSenderDomain}'

@description('Whether mail leaves from a custom domain: its quotas are larger.')
output usesCustomDomain bool = usesCustomDomain

@description('DNS records to enter for a custom domain, before it can be verified; empty without one.')
output dnsRecords object = empty(customDomain) ? {} : custom!.properties.verificationRecords
