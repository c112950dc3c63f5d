/**
 * What the Grafana dashboard shows, as data: rows of panels, each with its queries. `scripts/generate-dashboard.mjs`
 * makes deploy/grafana/dashboards/codeexec.json of it, and a test asks every query.
 */

/** Yellow at half, red at four fifths, as the alerts have it. */
const LOAD = [
  [null, 'green'],
  [0.5, 'yellow'],
  [0.8, 'red'],
]
const ANY_IS_BAD = [
  [null, 'green'],
  [1, 'red'],
]
const ALL_UP = [
  [null, 'red'],
  [1, 'green'],
]
const FEW = [
  [null, 'green'],
  [0.01, 'yellow'],
  [0.05, 'red'],
]

const rate = (selector) => `rate(${selector}[$__rate_interval])`
const quantile = (share, metric, by = [], labels = '') =>
  `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (${rate(`${metric}_bucket${labels}`)}))`
const quantiles = (metric, by, labels) => [
  [quantile(0.5, metric, by, labels), 'half'],
  [quantile(0.95, metric, by, labels), '95 %'],
  [quantile(0.99, metric, by, labels), '99 %'],
]
const LANGUAGE = '{language=~"$language"}'

const stat = (title, unit, queries, more = {}) => ({
  type: 'stat',
  width: 4,
  height: 4,
  title,
  unit,
  queries,
  ...more,
})
const graph = (title, unit, queries, more = {}) => ({
  type: 'timeseries',
  width: 8,
  height: 8,
  title,
  unit,
  queries,
  ...more,
})
const gauge = (title, queries) => ({
  type: 'gauge',
  width: 6,
  height: 6,
  title,
  unit: 'percentunit',
  queries,
  thresholds: LOAD,
  minimum: 0,
  maximum: 1,
})

export const ROWS = [
  {
    title: 'At a glance',
    panels: [
      stat('Processes up', 'none', [['sum(up{job=~".*codeexec.*"})', 'up']], { thresholds: ALL_UP }),
      stat('Processes down', 'none', [['count(up{job=~".*codeexec.*"} == 0) or vector(0)', 'down']], {
        thresholds: ANY_IS_BAD,
      }),
      stat('Missing dependencies', 'none', [['count(codeexec_dependency_up == 0) or vector(0)', 'missing']], {
        thresholds: ANY_IS_BAD,
      }),
      stat('Executions a minute', 'none', [[`60 * sum(${rate('codeexec_executions_total')})`, 'a minute']]),
      stat('Running now', 'none', [
        ['sum(codeexec_worker_slots_busy) + sum(codeexec_worker_executions_idle)', 'running'],
      ]),
      stat('Waiting now', 'none', [['sum(max by (queue) (codeexec_queue_depth))', 'waiting']]),
      stat('Executions, all', 'none', [['sum(codeexec_executions_total)', 'executions']]),
      stat('Requests, all', 'none', [['sum(codeexec_http_requests_total)', 'requests']]),
      stat('Refused for their rate, all', 'none', [
        ['sum(codeexec_http_rate_limited_total) or vector(0)', 'refused'],
      ]),
      stat('Our own failures', 'percentunit', [['codeexec:platform_error:ratio5m or vector(0)', 'failed']], {
        thresholds: FEW,
      }),
      stat(
        'Supervisor restarts, a day',
        'none',
        [['sum(increase(codeexec_supervisor_restarts_total[1d]))', 'restarts']],
        {
          thresholds: ANY_IS_BAD,
        },
      ),
      stat('Slots', 'none', [['sum by (kind) (codeexec_worker_slots)', '{{kind}}']]),
      {
        type: 'table',
        width: 12,
        height: 7,
        title: 'Services',
        unit: 'none',
        instant: true,
        queries: [['codeexec_build_info * on (instance) group_left up', '{{instance}}']],
      },
      {
        type: 'state-timeline',
        width: 12,
        height: 7,
        title: 'Dependencies',
        unit: 'none',
        queries: [['min by (dependency) (codeexec_dependency_up)', '{{dependency}}']],
        thresholds: ALL_UP,
      },
    ],
  },
  {
    title: 'Executions',
    panels: [
      graph(
        'By language',
        'ops',
        [[`sum by (language) (${rate(`codeexec_executions_total${LANGUAGE}`)})`, '{{language}}']],
        { stacked: true },
      ),
      graph(
        'By verdict',
        'ops',
        [[`sum by (verdict) (${rate(`codeexec_executions_total${LANGUAGE}`)})`, '{{verdict}}']],
        { stacked: true },
      ),
      graph('By the stage that decided', 'ops', [
        [`sum by (stage) (${rate(`codeexec_executions_total${LANGUAGE}`)})`, '{{stage}}'],
      ]),
      graph(
        'Wall-clock time of programs',
        's',
        quantiles('codeexec_stage_wall_time_seconds', [], '{stage="run", language=~"$language"}'),
      ),
      graph(
        'Wall-clock time of compilers',
        's',
        quantiles('codeexec_stage_wall_time_seconds', [], '{stage="compile", language=~"$language"}'),
      ),
      graph(
        'CPU time of programs',
        's',
        quantiles('codeexec_stage_cpu_time_seconds', [], '{stage="run", language=~"$language"}'),
      ),
      graph('Wall-clock time by language, 95 %', 's', [
        [quantile(0.95, 'codeexec_stage_wall_time_seconds', ['language'], LANGUAGE), '{{language}}'],
      ]),
      graph('Memory by language, 95 %', 'bytes', [
        [quantile(0.95, 'codeexec_stage_memory_bytes', ['language'], LANGUAGE), '{{language}}'],
      ]),
      graph(
        'CPUs used by programs',
        'none',
        [[`sum by (language) (${rate(`codeexec_stage_cpu_time_seconds_sum${LANGUAGE}`)})`, '{{language}}']],
        { stacked: true },
      ),
      graph('Stopped by limits', 'ops', [
        [`sum by (reason) (${rate(`codeexec_stage_stops_total${LANGUAGE}`)})`, '{{reason}}'],
      ]),
      {
        type: 'piechart',
        width: 8,
        height: 8,
        title: 'Languages, last day',
        unit: 'none',
        instant: true,
        queries: [['sum by (language) (increase(codeexec_executions_total[1d]))', '{{language}}']],
      },
      {
        type: 'heatmap',
        width: 8,
        height: 8,
        title: 'Wall-clock time, all stages',
        unit: 's',
        queries: [[`sum by (le) (${rate(`codeexec_stage_wall_time_seconds_bucket${LANGUAGE}`)})`, '{{le}}']],
        format: 'heatmap',
      },
    ],
  },
  {
    title: 'Queue',
    panels: [
      graph('Waiting and running', 'none', [
        ['max by (queue) (codeexec_queue_depth)', '{{queue}} waiting'],
        ['max(codeexec_executions_running)', 'running'],
        ['sum(codeexec_worker_executions_idle)', 'of which use no CPU'],
        ['max by (queue) (codeexec_queue_waiting_clients)', 'clients of {{queue}} that wait'],
        ['max by (queue) (codeexec_queue_capacity)', '{{queue}} may wait'],
      ]),
      graph('Bytes of requests that wait or run', 'bytes', [
        ['max by (queue) (codeexec_queue_bytes)', '{{queue}}'],
        ['max by (queue) (codeexec_queue_bytes_max)', '{{queue}} may'],
      ]),
      graph('Time until a worker takes it', 's', quantiles('codeexec_queue_wait_seconds')),
      graph('Busy slots', 'percentunit', [['codeexec:slots_busy:ratio', '{{kind}}']], { thresholds: LOAD }),
    ],
  },
  {
    title: 'Workers',
    panels: [
      gauge('Worker CPU', [['codeexec:worker_cpu:ratio', '{{instance}}']]),
      gauge('Worker memory', [['codeexec:worker_memory:ratio', '{{instance}}']]),
      gauge('Busy slots for jobs', [['codeexec:slots_busy:ratio{kind="jobs"}', 'busy']]),
      stat('Supervisors up', 'none', [['sum(codeexec_supervisor_up)', 'up']], {
        width: 6,
        height: 6,
        thresholds: ALL_UP,
      }),
      graph('Worker CPU', 'percentunit', [['codeexec:worker_cpu:ratio', '{{instance}}']], {
        thresholds: LOAD,
      }),
      graph('Opening of sandboxes', 's', quantiles('codeexec_sandbox_opening_seconds', [], LANGUAGE)),
      graph('Warm starts among those that could', 'percentunit', [
        [
          `sum by (language) (${rate('codeexec_warm_requests_total{result="hit"}')}) / sum by (language) (${rate('codeexec_warm_requests_total')})`,
          '{{language}}',
        ],
      ]),
      graph('Compilations answered from the cache', 'percentunit', [
        [
          `sum by (language) (${rate('codeexec_compile_cache_requests_total{result="hit"}')}) / sum by (language) (${rate('codeexec_compile_cache_requests_total')})`,
          '{{language}}',
        ],
      ]),
      graph('Supervisors started again', 'none', [
        ['increase(codeexec_supervisor_restarts_total[$__rate_interval])', '{{instance}}'],
      ]),
      graph('Longest turn of the supervisor', 's', [
        ['codeexec_supervisor_longest_turn_seconds', '{{instance}}'],
      ]),
      graph('Memory of the service', 'bytes', [
        ['process_resident_memory_bytes{job=~".*codeexec.*"}', '{{instance}} service'],
        ['codeexec_supervisor_resident_memory_bytes', '{{instance}} supervisor'],
      ]),
      graph('Event loop lag, 99 %', 's', [
        ['nodejs_eventloop_lag_p99_seconds{job=~".*codeexec.*"}', '{{instance}}'],
      ]),
      graph('Open files of the service', 'none', [['process_open_fds{job=~".*codeexec.*"}', '{{instance}}']]),
    ],
  },
  {
    title: 'Store',
    panels: [
      graph('Room taken by records', 'bytes', [
        ['max(codeexec_store_bytes)', 'taken'],
        ['max(codeexec_store_max_bytes)', 'may be taken'],
      ]),
      graph('Records deleted', 'ops', [
        [`sum by (kind) (${rate('codeexec_store_deleted_records_total')})`, '{{kind}}'],
      ]),
      graph('Time since the last prune', 's', [
        ['time() - codeexec_store_last_prune_timestamp_seconds', '{{instance}}'],
        ['increase(codeexec_store_prune_failures_total[$__rate_interval])', '{{instance}} failures'],
      ]),
    ],
  },
  {
    title: 'HTTP',
    panels: [
      graph(
        'Requests by status',
        'reqps',
        [[`sum by (status) (${rate('codeexec_http_requests_total')})`, '{{status}}']],
        { stacked: true },
      ),
      graph(
        'Requests by route',
        'reqps',
        [[`sum by (route) (${rate('codeexec_http_requests_total')})`, '{{route}}']],
        { stacked: true },
      ),
      graph('Time to answer, by route, 95 %', 's', [
        [quantile(0.95, 'codeexec_http_request_duration_seconds', ['route']), '{{route}}'],
      ]),
      graph('Errors of the service', 'percentunit', [
        [
          `(sum(${rate('codeexec_http_requests_total{status=~"5.."}')}) or vector(0)) / sum(${rate('codeexec_http_requests_total')})`,
          '5xx',
        ],
        [
          `(sum(${rate('codeexec_http_requests_total{status=~"4.."}')}) or vector(0)) / sum(${rate('codeexec_http_requests_total')})`,
          '4xx',
        ],
      ]),
      graph('Refused for their rate', 'reqps', [
        [`sum by (route) (${rate('codeexec_http_rate_limited_total')})`, '{{route}}'],
      ]),
      graph('Alerts', 'none', [
        [
          'count by (alertname, severity) (ALERTS{alertname=~"Codeexec.*", alertstate="firing"}) or vector(0)',
          '{{alertname}}',
        ],
      ]),
    ],
  },
  {
    title: 'Containers (cAdvisor)',
    panels: [
      stat(
        'Running containers',
        'none',
        [['count(container_last_seen{name!=""}) or vector(0)', 'containers']],
        { height: 8 },
      ),
      graph(
        'CPU',
        'none',
        [[`sum by (name) (${rate('container_cpu_usage_seconds_total{name!=""}')})`, '{{name}}']],
        { width: 10 },
      ),
      graph(
        'Memory',
        'bytes',
        [['sum by (name) (container_memory_working_set_bytes{name!=""})', '{{name}}']],
        { width: 10 },
      ),
      graph(
        'Network received',
        'Bps',
        [[`sum by (name) (${rate('container_network_receive_bytes_total{name!=""}')})`, '{{name}}']],
        { width: 12 },
      ),
      graph(
        'Network sent',
        'Bps',
        [[`sum by (name) (${rate('container_network_transmit_bytes_total{name!=""}')})`, '{{name}}']],
        { width: 12 },
      ),
    ],
  },
]

/** Every query with the panel it is of. */
export function dashboardQueries() {
  return ROWS.flatMap(({ title: row, panels }) =>
    panels.flatMap(({ title, queries }) => queries.map(([expression]) => ({ row, title, expression }))),
  )
}
