import { useAppState, useDispatch } from '../../app/context.js'
import type { LayoutMode } from '../../app/use-layout.js'
import { Icon } from '../../ui/Icon.js'
import { IconButton } from '../../ui/IconButton.js'
import { Menu } from '../../ui/Menu.js'
import { LanguagePicker } from '../languages/LanguagePicker.js'
import { RunButton } from '../run/RunButton.js'
import { nextTheme, THEME_ICONS, themeLabel } from '../settings/theme.js'

export function Header({ layout }: { readonly layout: LayoutMode }) {
  const dispatch = useDispatch()
  const filesOpen = useAppState((state) => state.view.filesOpen)
  const theme = useAppState((state) => state.view.settings.theme)
  const share = () => dispatch({ type: 'dialog-shown', dialog: 'share' })
  const settings = () => dispatch({ type: 'dialog-shown', dialog: 'settings' })
  const changeTheme = () => dispatch({ type: 'settings-changed', settings: { theme: nextTheme(theme) } })
  return (
    <header className="header">
      <h1 className="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="7" fill="currentColor" />
          <path d="M8 10l6 6-6 6M17 22h7" className="brand-mark" />
        </svg>
        <span className="brand-name">codeexec</span>
      </h1>
      <IconButton
        icon="files"
        label="Files"
        aria-expanded={filesOpen}
        aria-controls="files-panel"
        onClick={() => dispatch({ type: 'files-toggled', open: !filesOpen })}
      />
      <LanguagePicker />
      <RunButton />
      <span className="spacer" />
      {layout === 'phone' ? (
        <Menu
          label="More"
          items={[
            { label: 'Share…', icon: 'share', onSelect: share },
            { label: themeLabel(theme), icon: THEME_ICONS[theme], onSelect: changeTheme },
            { label: 'Settings…', icon: 'gear', onSelect: settings },
          ]}
        />
      ) : (
        <>
          <button type="button" className="button share-button" aria-label="Share" onClick={share}>
            <Icon name="share" />
            <span>Share</span>
          </button>
          <IconButton icon={THEME_ICONS[theme]} label={themeLabel(theme)} onClick={changeTheme} />
          <IconButton icon="gear" label="Settings" onClick={settings} />
        </>
      )}
    </header>
  )
}
