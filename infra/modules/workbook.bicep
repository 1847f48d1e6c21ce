// The workbook "Sportello": one page on how the desk does. Its queries are files of queries/workbook/.

@description('Azure region.')
param location string

@description('Tags on every resource.')
param tags object

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

var charts = [
  { title: 'Promises met, by day', chart: 'table', query: loadTextContent('../queries/workbook/sla-met.kql') }
  { title: 'Open requests by urgency', chart: 'barchart', query: loadTextContent('../queries/workbook/open-by-urgency.kql') }
  { title: 'Deadlines ahead', chart: 'timechart', query: loadTextContent('../queries/workbook/deadlines-ahead.kql') }
  { title: 'Messages', chart: 'timechart', query: loadTextContent('../queries/workbook/mail.kql') }
  { title: 'What became of mail', chart: 'table', query: loadTextContent('../queries/workbook/mail-reports.kql') }
  { title: 'Availability from outside, and what is left of the 0.05 %', chart: 'table', query: loadTextContent('../queries/workbook/availability.kql') }
  { title: 'Timers', chart: 'table', query: loadTextContent('../queries/workbook/timers.kql') }
  { title: 'Cost: logs', chart: 'table', query: loadTextContent('../queries/workbook/cost-logs.kql') }
  { title: 'Cost: executions and storage', chart: 'table', query: loadTextContent('../queries/workbook/cost-measures.kql') }
]

var heading = [
  {
    type: 1
    name: 'heading'
    content: { json: '# Sportello\nWhat each figure means: docs/operations/telemetry.md. What to do: docs/operations/alerts.md.' }
  }
  {
    type: 9
    name: 'time'
    content: {
      version: 'KqlParameterItem/1.0'
      style: 'pills'
      parameters: [
        {
          version: 'KqlParameterItem/1.0'
          name: 'Time'
          type: 4
          isRequired: true
          value: { durationMs: 2592000000 }
          typeSettings: { selectableValues: [{ durationMs: 86400000 }, { durationMs: 604800000 }, { durationMs: 2592000000 }, { durationMs: 5356800000 }] }
        }
      ]
    }
  }
]

var queries = [
  for (chart, i) in charts: {
    type: 3
    name: 'query-${i}'
    content: {
      version: 'KqlItem/1.0'
      title: chart.title
      query: chart.query
      size: 0
      timeContextFromParameter: 'Time'
      queryType: 0
      resourceType: 'microsoft.operationalinsights/workspaces'
      crossComponentResources: [workspaceId]
      visualization: chart.chart
    }
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspaceId, 'sportello-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Sportello'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat(heading, queries)
      fallbackResourceIds: [workspaceId]
    })
  }
}
