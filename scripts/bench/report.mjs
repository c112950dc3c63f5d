/** The tables that people read. Ratios are to the bare side of the same run. */
const figure = (value) => (value === undefined ? '' : value.toFixed(value < 10 ? 2 : 1))
const withRatio = (value, base) =>
  value === undefined ? '' : `${figure(value)}${base === undefined ? '' : ` (${(value / base).toFixed(2)})`}`
const row = (cells) => `| ${cells.join(' | ')} |`
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row), ''].join('\n')
const mebibytes = (bytes) => `${(bytes / 1_048_576).toFixed(0)} MiB`

function latencyTable({ latency }, sides) {
  return table(
    [
      'one at a time, ms',
      'bare p50',
      ...sides.flatMap((side) => [`${side} p50 (ratio)`, 'p95', 'p99', 'CPU-ms']),
    ],
    Object.entries(latency).map(([name, result]) => [
      name,
      figure(result.bare?.p50),
      ...sides.flatMap((side) => [
        withRatio(result[side]?.p50, result.bare?.p50),
        figure(result[side]?.p95),
        figure(result[side]?.p99),
        figure(result[side]?.cpuMs),
      ]),
    ]),
  )
}

/** Ratios to the same side's own figure for programs that it has never seen. */
function repeatedTable({ repeated, latency }, sides) {
  if (Object.keys(repeated).length === 0) return ''
  return table(
    ['the same program again, ms', ...sides.flatMap((side) => [`${side} p50 (of a new one)`, 'p95'])],
    Object.entries(repeated).map(([name, result]) => [
      name,
      ...sides.flatMap((side) => [
        withRatio(result[side]?.p50, latency[name]?.[side]?.p50),
        figure(result[side]?.p95),
      ]),
    ]),
  )
}

function throughputTable({ throughput, concurrencies }, sides) {
  return table(
    [
      'requests a second',
      'bare at 8',
      ...sides.flatMap((side) => concurrencies.map((c) => `${side} at ${c}`)),
    ],
    Object.entries(throughput).map(([name, result]) => [
      name,
      figure(result.bare?.[8]?.perSecond),
      ...sides.flatMap((side) =>
        concurrencies.map((c) =>
          withRatio(result[side]?.[c]?.perSecond, c === 8 ? result.bare?.[8]?.perSecond : undefined),
        ),
      ),
    ]),
  )
}

function lowRateTable({ lowRate }, sides) {
  if (Object.keys(lowRate).length === 0) return ''
  return table(
    ['Python hello at a low rate', 'bare p50', ...sides.map((side) => `${side} p50 (ratio)`)],
    Object.entries(lowRate).map(([rate, result]) => [
      `${rate} a second`,
      figure(result.bare.p50),
      ...sides.map((side) => withRatio(result[side]?.p50, result.bare.p50)),
    ]),
  )
}

function latenessTable({ lateness }) {
  if (Object.keys(lateness).length === 0) return ''
  return table(
    ["Node's thread late at 8 clients, ms", 'p50', 'p99', 'most'],
    Object.entries(lateness).map(([side, { p50, p99, most }]) => [
      side,
      figure(p50),
      figure(p99),
      figure(most),
    ]),
  )
}

function memoryTable({ memory }) {
  return table(
    ['memory', 'after the start', 'most under load'],
    Object.entries(memory).map(([side, { idleBytes, loadBytes }]) => [
      side,
      mebibytes(idleBytes),
      mebibytes(loadBytes),
    ]),
  )
}

function overloadTable({ overload }) {
  if (Object.keys(overload).length === 0) return ''
  return table(
    [
      'overload',
      'offered',
      'peak',
      'goodput (of the peak)',
      'refused',
      'refusal p50 / p99 ms',
      'wrong',
      'first after, ms',
    ],
    Object.entries(overload).map(([side, result]) => [
      side,
      figure(result.offeredPerSecond),
      figure(result.peakPerSecond),
      withRatio(result.goodputPerSecond, result.peakPerSecond),
      result.refusedCount,
      result.refused ? `${figure(result.refused.p50)} / ${figure(result.refused.p99)}` : '',
      result.wrong,
      figure(result.recoveryMs),
    ]),
  )
}

/** The last column: 1 is what a request takes on average where all clients always wait. */
function enduranceTable({ endurance }) {
  if (Object.keys(endurance).length === 0) return ''
  return table(
    ['endurance', 'requests', 'clients', 'wrong', 'per second', 'p50 ms', 'p99 ms (of clients / rate)'],
    Object.entries(endurance).map(([side, { requests, clients, wrong, perSecond, p50, p99 }]) => [
      side,
      requests,
      clients,
      wrong,
      figure(perSecond),
      figure(p50),
      withRatio(p99, (clients * 1000) / perSecond),
    ]),
  )
}

export function printResults(results) {
  const { machine, sides } = results
  const withBubblewrap = Object.values(results.latency).some(({ bubblewrap }) => bubblewrap)
  console.log(
    `${machine.cpus} CPUs, Linux ${machine.kernel}, load ${figure(machine.loadBefore)} before and ${figure(machine.loadAfter)} after\n`,
  )
  console.log(latencyTable(results, withBubblewrap ? [...sides, 'bubblewrap'] : sides))
  console.log(throughputTable(results, sides))
  for (const text of [
    repeatedTable(results, sides),
    lowRateTable(results, sides),
    overloadTable(results),
    enduranceTable(results),
    latenessTable(results),
    memoryTable(results),
  ])
    if (text) console.log(text)
}

/** Ratios to bare then and now. */
export function printComparison(results, earlier) {
  const rows = Object.entries(results.latency).flatMap(([name, now]) =>
    results.sides
      .filter((side) => now[side] && now.bare && earlier.latency[name]?.[side] && earlier.latency[name].bare)
      .map((side) => {
        const then = earlier.latency[name]
        return [
          name,
          side,
          (then[side].p50 / then.bare.p50).toFixed(2),
          (now[side].p50 / now.bare.p50).toFixed(2),
        ]
      }),
  )
  console.log(table(['against the earlier run', 'side', 'ratio to bare then', 'now'], rows))
}
