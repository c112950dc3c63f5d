import { useEffect, useState } from 'react'

import { EditorPane } from '../features/editor/EditorPane.js'
import { DropZone } from '../features/files/DropZone.js'
import { FilesPanel } from '../features/files/FilesPanel.js'
import { FileTabs } from '../features/files/FileTabs.js'
import { Header } from '../features/header/Header.js'
import { Banners } from '../features/notices/Banners.js'
import { Pane } from '../features/output/Pane.js'
import { RunAnnouncer } from '../features/output/RunAnnouncer.js'
import { SettingsDialog } from '../features/settings/SettingsDialog.js'
import { applyTheme } from '../features/settings/theme.js'
import { ShareDialog } from '../features/share/ShareDialog.js'
import { Splitter } from '../ui/Splitter.js'
import { useAppState } from './context.js'
import { PhoneSwitch } from './PhoneSwitch.js'
import { loadShares, saveShares } from './split-shares.js'
import { useKeys } from './use-keys.js'
import { useLayout } from './use-layout.js'

export function App() {
  const layout = useLayout()
  const filesOpen = useAppState((state) => state.view.filesOpen)
  const phoneView = useAppState((state) => state.view.phoneView)
  const dialog = useAppState((state) => state.view.dialog)
  const theme = useAppState((state) => state.view.settings.theme)
  const [shares, setShares] = useState(loadShares)
  useKeys()

  useEffect(() => applyTheme(theme), [theme])

  const side = layout === 'right' ? 'right' : 'bottom'
  const changeShare = (value: number) => {
    const next = { ...shares, [side]: value }
    setShares(next)
    saveShares(next)
  }
  return (
    <div className="app" data-layout={layout} data-phone-view={phoneView}>
      <Header layout={layout} />
      <Banners />
      <main className="workspace">
        {filesOpen && <FilesPanel />}
        <div className="split" style={{ '--share': `${shares[side]}%` } as React.CSSProperties}>
          <section className="editor-area" aria-label="Editor">
            <FileTabs />
            <div className="editor-host">
              <EditorPane />
            </div>
          </section>
          {layout !== 'phone' && (
            <Splitter
              label="Size of the results"
              orientation={layout === 'right' ? 'vertical' : 'horizontal'}
              value={shares[side]}
              onChange={changeShare}
            />
          )}
          <Pane />
        </div>
      </main>
      {layout === 'phone' && <PhoneSwitch />}
      <RunAnnouncer />
      <DropZone />
      {dialog === 'share' && <ShareDialog />}
      {dialog === 'settings' && <SettingsDialog />}
    </div>
  )
}
