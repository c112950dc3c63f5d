/** Writes the Grafana dashboard from scripts/dashboard/panels.mjs. `--check` says whether it is up to date. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { ROWS } from './dashboard/panels.mjs'
import { ROOT } from './lib/paths.mjs'

const FILE = 'deploy/grafana/dashboards/codeexec.json'
const GRID_WIDTH = 24
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }

function target([expr, legendFormat], index, { instant = false, format = 'time_series' }) {
  return {
    refId: String.fromCharCode(65 + index),
    datasource: DATASOURCE,
    expr,
    legendFormat,
    instant,
    range: !instant,
    format: instant ? 'table' : format,
  }
}

function toPanel(panel, id, gridPos) {
  const { type, title, unit, queries, thresholds, stacked = false, minimum, maximum } = panel
  const steps = (thresholds ?? [[null, 'green']]).map(([value, color]) => ({ value, color }))
  return {
    id,
    type,
    title,
    gridPos,
    datasource: DATASOURCE,
    targets: queries.map((query, index) => target(query, index, panel)),
    fieldConfig: {
      defaults: {
        unit,
        ...(minimum !== undefined && { min: minimum, max: maximum }),
        color: { mode: thresholds && type !== 'timeseries' ? 'thresholds' : 'palette-classic' },
        thresholds: { mode: 'absolute', steps },
        custom: {
          ...(type === 'timeseries' && {
            fillOpacity: 10,
            showPoints: 'never',
            stacking: { mode: stacked ? 'normal' : 'none' },
            thresholdsStyle: { mode: thresholds ? 'dashed' : 'off' },
          }),
        },
      },
      overrides: [],
    },
    options: {},
  }
}

/** From left to right, a new line where the next does not fit. */
function layOut() {
  const panels = []
  let y = 0
  for (const { title, panels: row } of ROWS) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: GRID_WIDTH, h: 1 },
    })
    y += 1
    let x = 0
    let lineHeight = 0
    for (const panel of row) {
      if (x + panel.width > GRID_WIDTH) {
        x = 0
        y += lineHeight
        lineHeight = 0
      }
      panels.push(toPanel(panel, panels.length + 1, { x, y, w: panel.width, h: panel.height }))
      x += panel.width
      lineHeight = Math.max(lineHeight, panel.height)
    }
    y += lineHeight
  }
  return panels
}

const dashboard = {
  uid: 'codeexec',
  title: 'codeexec',
  tags: ['codeexec'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  refresh: '10s',
  time: { from: 'now-1h', to: 'now' },
  timezone: 'browser',
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', hide: 0 },
      {
        name: 'language',
        label: 'Language',
        type: 'query',
        datasource: DATASOURCE,
        query: { query: 'label_values(codeexec_executions_total, language)', refId: 'language' },
        refresh: 2,
        includeAll: true,
        multi: true,
        allValue: '.*',
        current: { text: 'All', value: '$__all' },
      },
    ],
  },
  annotations: { list: [] },
  panels: layOut(),
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const text = `${JSON.stringify(dashboard, null, 2)}\n`
const path = join(ROOT, FILE)
if (!values.check) writeFileSync(path, text)
else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
  process.stderr.write(`${FILE} is not what scripts/generate-dashboard.mjs writes; run it.\n`)
  process.exit(1)
}
process.stdout.write(`${FILE}: ${dashboard.panels.length} panels\n`)
