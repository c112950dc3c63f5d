import { useState, type ReactNode } from 'react'

import { Icon, type IconName } from '../../ui/Icon.js'
import { IconButton } from '../../ui/IconButton.js'

interface BannerProperties {
  readonly tone: 'info' | 'warning' | 'error'
  readonly icon: IconName
  readonly text: string
  readonly onDismiss?: () => void
  readonly children?: ReactNode
}

/** One row: an icon, a text that can be opened when it is long, and what can be done about it. */
export function Banner({ tone, icon, text, onDismiss, children }: BannerProperties) {
  const [long, setLong] = useState(false)
  const tooLong = text.length > 320
  return (
    <div className="banner" data-tone={tone}>
      <Icon name={icon} />
      <p>
        {tooLong && !long ? `${text.slice(0, 300)}… ` : text}
        {tooLong && (
          <button type="button" className="link-button" onClick={() => setLong(!long)}>
            {long ? 'Less' : 'More'}
          </button>
        )}
      </p>
      {children}
      {onDismiss && <IconButton icon="close" label="Dismiss" onClick={onDismiss} />}
    </div>
  )
}
