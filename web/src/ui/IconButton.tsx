import type { ComponentProps } from 'react'

import { Icon, type IconName } from './Icon.js'

type Properties = Omit<ComponentProps<'button'>, 'children'> & {
  readonly icon: IconName
  /** Said by screen readers and shown as a tooltip. */
  readonly label: string
}

export function IconButton({ icon, label, className = '', ...rest }: Properties) {
  return (
    <button type="button" className={`icon-button ${className}`} aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
    </button>
  )
}
