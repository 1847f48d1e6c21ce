// Looks from outside: standard availability tests, each with an alert when several places at once see it fail.

@description('Beginning of the tests\' names; queries know them by their ends (-health, -status, -tick, -certificate).')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Application Insights component.')
param insightsId string

@description('Resource id of the action group.')
param actionGroupId string

@description('Where the desk is reached.')
param url string

@description('Path of the health door.')
param healthPath string

@description('Path of a public page that people read: what the availability of the desk is counted on.')
param statusPath string

@description('Path of the watchdog\'s door; empty: nobody knocks there from outside.')
param tickPath string

@description('What the watchdog\'s door asks for in the header X-Tick-Key. Whoever can read the test can read it; all it opens is running a timer that is overdue. Empty: a look that is there already is left as it is.')
@secure()
param tickKey string

@description('Seconds between two looks from one place.')
@allowed([300, 600, 900])
param frequencySeconds int

@description('Places that look (Azure\'s population tags).')
@minLength(1)
@maxLength(16)
param places array

@description('Places that must see a failure at once before somebody is told.')
@minValue(1)
param failingPlaces int

@description('Days left to a certificate at which somebody is told.')
param certificateDays int

var always = [
  { name: 'health', path: healthPath, verb: 'GET', severity: 1, frequency: frequencySeconds, certificate: false, what: 'the desk says that it is not well, or does not answer' }
  { name: 'status', path: statusPath, verb: 'GET', severity: 0, frequency: frequencySeconds, certificate: false, what: 'people cannot reach the desk' }
  { name: 'certificate', path: statusPath, verb: 'GET', severity: 2, frequency: 900, certificate: true, what: 'the certificate is about to expire, or is not valid' }
]

var ofTick = [
  { name: 'tick', path: tickPath, verb: 'POST', severity: 1, frequency: frequencySeconds, certificate: false, what: 'the watchdog cannot run what is overdue' }
]

var looks = concat(always, empty(tickPath) || empty(tickKey) ? [] : ofTick)

resource tests 'Microsoft.Insights/webtests@2022-06-15' = [
  for look in looks: {
    name: '${name}-${look.name}'
    location: location
    tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
    kind: 'standard'
    properties: {
      SyntheticMonitorId: '${name}-${look.name}'
      Name: '${name}-${look.name}'
      Description: 'Fails when ${look.what}.'
      Enabled: true
      Frequency: look.frequency
      Timeout: look.name == 'tick' ? 120 : 30 // it waits for the work
      Kind: 'standard'
      RetryEnabled: true
      Locations: [for place in look.certificate ? take(places, 1) : places: { Id: place }]
      Request: {
        RequestUrl: '${url}${look.path}'
        HttpVerb: look.verb
        Headers: look.name == 'tick' ? [{ key: 'X-Tick-Key', value: tickKey }] : []
        ParseDependentRequests: false
        FollowRedirects: false
      }
      ValidationRules: {
        ExpectedHttpStatusCode: 200
        IgnoreHttpStatusCode: look.certificate
        SSLCheck: look.certificate
        SSLCertRemainingLifetimeCheck: look.certificate ? certificateDays : null
      }
    }
  }
]

resource alerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for (look, i) in looks: {
    name: '${name}-${look.name}'
    location: 'global'
    tags: tags
    properties: {
      description: 'From outside: ${look.what}. docs/operations/alerts.md#${look.name}'
      severity: look.severity
      enabled: true
      scopes: [tests[i].id, insightsId]
      evaluationFrequency: 'PT1M'
      windowSize: look.certificate ? 'PT15M' : 'PT5M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
        webTestId: tests[i].id
        componentId: insightsId
        failedLocationCount: look.certificate ? 1 : failingPlaces
      }
      autoMitigate: true
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]
