import type { ReactNode } from 'react'

import { useAppState, useDispatch } from '../../app/context.js'
import type { PaneTab } from '../../state/view-slice.js'
import { panelId, tabId, Tabs, type Tab } from '../../ui/Tabs.js'
import { FindingsPanel } from '../findings/FindingsPanel.js'
import { useMarkers } from '../findings/use-markers.js'
import { HistoryPanel } from '../history/HistoryPanel.js'
import { InputPanel } from '../input/InputPanel.js'
import { TestsPanel } from '../tests/TestsPanel.js'
import { ResultPanel } from './ResultPanel.js'
import { StatusBar } from './StatusBar.js'
import { TerminalPanel } from './TerminalPanel.js'
import { TerminalTools } from './TerminalTools.js'

/** Everything about running: what it prints, what it reads, what was found, what it used. */
export function Pane() {
  const dispatch = useDispatch()
  const selected = useAppState((state) => state.view.pane)
  const markers = useMarkers()
  const failing = useAppState(
    (state) =>
      Object.values(state.tests.results).filter(
        ({ verdict }) => verdict !== 'accepted' && verdict !== 'skipped',
      ).length,
  )
  const hasInput = useAppState((state) => state.project.input.stdin !== '')
  const tabs: readonly Tab<PaneTab>[] = [
    { id: 'terminal', label: 'Terminal' },
    { id: 'input', label: hasInput ? 'Input •' : 'Input' },
    { id: 'tests', label: 'Tests', badge: failing, badgeLabel: 'not passed', tone: 'error' },
    {
      id: 'findings',
      label: 'Findings',
      badge: markers.length,
      badgeLabel: 'findings',
      tone: markers.some((marker) => marker.severity === 'error') ? 'error' : 'warning',
    },
    { id: 'result', label: 'Result' },
    { id: 'history', label: 'History' },
  ]
  return (
    <section className="pane" aria-label="Results">
      <Tabs
        label="Results"
        tabs={tabs}
        selected={selected}
        onSelect={(pane) => dispatch({ type: 'pane-shown', pane })}
      >
        {selected === 'terminal' && <TerminalTools />}
      </Tabs>
      <Panel id="terminal" selected={selected} keep>
        <TerminalPanel />
      </Panel>
      <Panel id="input" selected={selected}>
        <InputPanel />
      </Panel>
      <Panel id="tests" selected={selected}>
        <TestsPanel />
      </Panel>
      <Panel id="findings" selected={selected}>
        <FindingsPanel />
      </Panel>
      <Panel id="result" selected={selected}>
        <ResultPanel />
      </Panel>
      <Panel id="history" selected={selected}>
        <HistoryPanel />
      </Panel>
      <StatusBar />
    </section>
  )
}

interface PanelProperties {
  readonly id: PaneTab
  readonly selected: PaneTab
  /** Stays while another tab is shown: a terminal's screen cannot be made anew. */
  readonly keep?: boolean
  readonly children: ReactNode
}

function Panel({ id, selected, keep = false, children }: PanelProperties) {
  const shown = id === selected
  return (
    <div
      id={panelId(id)}
      role="tabpanel"
      className="panel"
      data-panel={id}
      aria-labelledby={tabId(id)}
      hidden={!shown}
      // A panel that scrolls must be reachable by keys even where nothing in it is.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={id === 'terminal' ? undefined : 0}
    >
      {(shown || keep) && children}
    </div>
  )
}
