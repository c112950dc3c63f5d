/** Opens what a link carries: the program itself in the fragment, or the id of one kept on the server. */
import type { Services } from '../../app/services.js'
import { toProblem } from '../../api/problem.js'
import type { Draft } from '../../state/drafts.js'
import { draftOfShare } from '../languages/programs.js'
import { decodeFragment, FRAGMENT_PREFIX } from './share-codec.js'

export const SHARE_PARAMETER = 'share'
const SHARE_PATH = /^\/s\/([\w-]+)$/

export async function openLink(services: Services): Promise<void> {
  const { api, store } = services
  const { hash, search, pathname } = location
  const id = new URLSearchParams(search).get(SHARE_PARAMETER) ?? SHARE_PATH.exec(pathname)?.[1] ?? null
  try {
    if (hash.startsWith(FRAGMENT_PREFIX)) {
      const { language, project, input, tests } = decodeFragment(hash)
      open(services, language, { project, input, tests: { cases: tests, checker: 'trimmed' } })
    } else if (id !== null) {
      const shared = await api.share(id)
      open(services, shared.language, draftOfShare(shared))
    } else {
      return
    }
    store.dispatch({
      type: 'notice-shown',
      text: 'This program came with the link. Read it before you run it.',
    })
  } catch (error) {
    const problem = toProblem(error)
    const text = problem.kind === 'missing' ? 'This link has expired, or it never existed.' : problem.message
    store.dispatch({ type: 'notice-shown', tone: 'warning', text })
  }
  // What is typed from now on is not what the link says; a reload shall show the former.
  window.history.replaceState(null, '', SHARE_PATH.test(pathname) ? '/' : pathname)
}

function open({ history, programs, store }: Services, language: string, draft: Draft): void {
  history.putAside('Before a shared program was opened')
  programs.open(language, draft)
  if (draft.project.files.length > 1) {
    store.dispatch({ type: 'files-toggled', open: true })
  }
}
