// Who is told when something is wrong.

@description('Name of the action group.')
param name string

@description('Tags on every resource.')
param tags object

@description('Addresses that alerts are mailed to.')
param emails array

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'sportello'
    enabled: true
    emailReceivers: [
      for (email, i) in emails: {
        name: 'mail-${i + 1}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

@description('Resource id of the action group.')
output id string = group.id
