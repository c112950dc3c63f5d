import { useMemo } from 'react'

import { useAppState } from '../../app/context.js'
import { allMarkers, type Marker } from './markers.js'

export function useMarkers(): readonly Marker[] {
  const diagnostics = useAppState((state) => state.run.diagnostics)
  const findings = useAppState((state) => state.run.analysis.findings)
  const entry = useAppState((state) => state.project.project.entry)
  return useMemo(() => allMarkers(diagnostics, findings, entry), [diagnostics, findings, entry])
}
