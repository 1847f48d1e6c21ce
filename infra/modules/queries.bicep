// Saved queries in Log Analytics, under "Sportello": what one asks when something is wrong. Files of queries/saved/.

@description('Name of the Log Analytics workspace.')
param workspaceName string

var saved = [
  { name: 'one-ticket', title: 'All that the logs say of one ticket', query: loadTextContent('../queries/saved/one-ticket.kql') }
  { name: 'faults', title: 'Faults, the most frequent first', query: loadTextContent('../queries/saved/faults.kql') }
  { name: 'failures', title: 'Failed runs, the most frequent first', query: loadTextContent('../queries/saved/failures.kql') }
  { name: 'slow-doors', title: 'How long each door takes', query: loadTextContent('../queries/saved/slow-doors.kql') }
  { name: 'given-up', title: 'Messages that were given up', query: loadTextContent('../queries/saved/given-up.kql') }
  { name: 'missed-promises', title: 'Promises missed', query: loadTextContent('../queries/saved/missed-promises.kql') }
  { name: 'quarantined', title: 'Requests quarantined', query: loadTextContent('../queries/saved/quarantined.kql') }
  { name: 'outages', title: 'What was done about outages', query: loadTextContent('../queries/saved/outages.kql') }
  { name: 'repairs', title: 'What the reconciliation had to mend', query: loadTextContent('../queries/saved/repairs.kql') }
  { name: 'refused-access', title: 'Who was refused what', query: loadTextContent('../queries/saved/refused-access.kql') }
  { name: 'ticks', title: 'What the watchdog had to run', query: loadTextContent('../queries/saved/ticks.kql') }
  { name: 'secret-access', title: 'Who asked the vault for what', query: loadTextContent('../queries/saved/secret-access.kql') }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource queries 'Microsoft.OperationalInsights/workspaces/savedSearches@2025-07-01' = [
  for each in saved: {
    parent: workspace
    name: 'sportello-${each.name}'
    properties: {
      category: 'Sportello'
      displayName: each.title
      query: each.query
      version: 2
    }
  }
]
