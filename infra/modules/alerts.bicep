// Alerts on what the desk says of itself: each is a file of queries/alerts/ that returns a row for what is wrong, and none when all is well.

@description('Beginning of the alerts\' names.')
param name string

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the action group.')
param actionGroupId string

@description('How often what cannot wait is asked. An alert is billed by how often it asks.')
@allowed(['PT5M', 'PT10M', 'PT15M'])
param urgentEvery string

@description('How often the rest is asked.')
@allowed(['PT15M', 'PT30M', 'PT1H'])
param otherwiseEvery string

// severity: 0 customers are hit now, 1 a promise is in danger, 2 look today, 3 look this week.
var rules = [
  {
    name: 'heartbeat-missing'
    severity: 1
    isUrgent: true
    looksBack: 'P2D'
    what: 'A timer has not run.'
    query: loadTextContent('../queries/alerts/heartbeat-missing.kql')
  }
  {
    name: 'timers-dead'
    severity: 1
    isUrgent: false
    looksBack: 'PT1H'
    what: 'The watchdog does what a timer should.'
    query: loadTextContent('../queries/alerts/timers-dead.kql')
  }
  {
    name: 'agenda-overdue'
    severity: 1
    isUrgent: true
    looksBack: 'PT15M'
    what: 'Work has been due for more than five minutes.'
    query: loadTextContent('../queries/alerts/agenda-overdue.kql')
  }
  {
    name: 'notices-waiting'
    severity: 1
    isUrgent: false
    looksBack: 'PT15M'
    what: 'A mail has been owed for more than fifteen minutes.'
    query: loadTextContent('../queries/alerts/notices-waiting.kql')
  }
  {
    name: 'quarantine'
    severity: 2
    isUrgent: false
    looksBack: 'PT15M'
    what: 'A request could not be understood.'
    query: loadTextContent('../queries/alerts/quarantine.kql')
  }
  {
    name: 'work-failing'
    severity: 2
    isUrgent: false
    looksBack: 'PT15M'
    what: 'A ticket\'s work fails, or a message was given up.'
    query: loadTextContent('../queries/alerts/work-failing.kql')
  }
  {
    name: 'mail-bounced'
    severity: 2
    isUrgent: false
    looksBack: 'PT1H'
    what: 'Mail did not arrive.'
    query: loadTextContent('../queries/alerts/mail-bounced.kql')
  }
  {
    name: 'error-rate'
    severity: 1
    isUrgent: true
    looksBack: 'PT15M'
    what: 'More than one request in twenty fails.'
    query: loadTextContent('../queries/alerts/error-rate.kql')
  }
  {
    name: 'latency'
    severity: 2
    isUrgent: false
    looksBack: 'PT1H'
    what: 'One request in twenty takes more than three seconds.'
    query: loadTextContent('../queries/alerts/latency.kql')
  }
  {
    name: 'budget-burn-fast'
    severity: 0
    isUrgent: true
    looksBack: 'PT1H'
    what: 'The 99.95 % are being spent fast.'
    query: loadTextContent('../queries/alerts/budget-burn-fast.kql')
  }
  {
    name: 'budget-burn-slow'
    severity: 2
    isUrgent: false
    looksBack: 'P1D'
    what: 'The 99.95 % are being spent slowly.'
    query: loadTextContent('../queries/alerts/budget-burn-slow.kql')
  }
  {
    name: 'daily-cap'
    severity: 2
    isUrgent: false
    looksBack: 'PT1H'
    what: 'The logs of the day are full: alerts on logs are blind until tomorrow.'
    query: loadTextContent('../queries/alerts/daily-cap.kql')
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${rule.name}'
      description: '${rule.what} docs/operations/alerts.md#${rule.name}'
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.isUrgent ? urgentEvery : otherwiseEvery
      windowSize: rule.looksBack
      autoMitigate: true
      skipQueryValidation: false
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [actionGroupId] }
    }
  }
]
