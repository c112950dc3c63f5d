import { useState } from 'react'

import { useAppState } from '../../app/context.js'
import { IconButton } from '../../ui/IconButton.js'
import { Banner } from './Banner.js'

/** While the server prepares languages: which, how far, and that the others can be used. */
export function Preparing() {
  const languages = useAppState((state) => state.service.languages)
  const [dismissed, setDismissed] = useState(false)
  const installing = languages.filter((language) => language.state === 'installing')
  const ready = languages.filter((language) => language.state === 'ready')
  const total = installing.length + ready.length
  // Languages may wait for each other: the one that is furthest is the one being worked on.
  const current = installing.toSorted(
    (a, b) => (b.installation?.fraction ?? -1) - (a.installation?.fraction ?? -1),
  )[0]
  if (languages.length > 0 && total === 0) {
    return <Banner tone="warning" icon="alert" text="No language is installed on this server yet." />
  }
  if (installing.length === 0 || dismissed) {
    return null
  }
  const fractions = installing.reduce((sum, language) => sum + (language.installation?.fraction ?? 0), 0)
  const step = current?.installation?.step ?? ''
  return (
    <div className="banner" data-tone="info">
      <progress aria-label="Languages prepared" max={total} value={ready.length + fractions} />
      <p role="status">
        {ready.length === 0
          ? 'The service is starting and prepares its first language.'
          : `${ready.length} of ${total} languages are ready and can be used.`}{' '}
        {ready.length > 0 && `Being prepared: ${installing.map(({ name }) => name).join(', ')}.`}
        {step !== '' && ` ${current?.name}: ${step}.`}
      </p>
      <IconButton icon="close" label="Dismiss" onClick={() => setDismissed(true)} />
    </div>
  )
}
