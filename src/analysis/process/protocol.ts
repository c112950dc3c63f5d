/** What the service and an analysis process say to each other. Node frames the messages. */
import type { AnalysisReport } from '../../contract/analysis.js'
import type { AnalysisBounds } from '../engine/bounds.js'
import type { SelectedSources } from '../engine/select-sources.js'

/** The process' only argument, as JSON. */
export interface ProcessOptions {
  readonly bounds: AnalysisBounds
  /** Memory of the parser. */
  readonly parserBytes: number
  /** The native module that confines the process. */
  readonly confinement: string
}

export interface AnalysisOrder {
  readonly id: number
  /** Canonical id of a language that has a grammar. */
  readonly language: string
  readonly selected: SelectedSources
}

export type ProcessMessage =
  | { readonly type: 'ready' }
  /** The order has arrived; whatever ends the process now, the order may have done. */
  | { readonly type: 'taken'; readonly id: number }
  | { readonly type: 'report'; readonly id: number; readonly report: AnalysisReport }
