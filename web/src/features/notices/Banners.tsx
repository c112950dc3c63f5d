import type { Problem } from '../../api/problem.js'
import { useAppState, useDispatch, useServices } from '../../app/context.js'
import type { Notice } from '../../state/view-slice.js'
import { useNow } from '../../ui/use-now.js'
import { Banner } from './Banner.js'
import { Preparing } from './Preparing.js'

const LOSES_CONNECTION = new Set<Problem['kind']>(['offline', 'restarting', 'interrupted'])

/** What happened and what to do, in rows below the header that push nothing over anything else. */
export function Banners() {
  const connection = useAppState((state) => state.service.connection)
  const problem = useAppState((state) => state.run.problem)
  const notices = useAppState((state) => state.view.notices)
  const away = connection === 'offline' || connection === 'restarting'
  return (
    <div className="banners">
      <div role="alert">
        {problem && <ProblemBanner problem={problem} away={away} />}
        {away && !(problem && LOSES_CONNECTION.has(problem.kind)) && (
          <Banner
            tone="warning"
            icon="alert"
            text={
              connection === 'offline'
                ? 'The service cannot be reached. Your code is kept in this browser; the page keeps trying.'
                : 'The service is restarting. Your code is kept in this browser; the page keeps trying.'
            }
          />
        )}
      </div>
      <Preparing />
      <div role="status">
        {notices.map((notice) => (
          <NoticeBanner key={notice.id} notice={notice} />
        ))}
      </div>
    </div>
  )
}

function ProblemBanner({ problem, away }: { readonly problem: Problem; readonly away: boolean }) {
  const dispatch = useDispatch()
  const { run } = useServices()
  const now = useNow(500, problem.retryAt !== null)
  const waitSeconds = problem.retryAt === null ? 0 : Math.max(0, Math.ceil((problem.retryAt - now) / 1000))
  const waiting = away && LOSES_CONNECTION.has(problem.kind)
  return (
    <Banner
      tone="error"
      icon="error"
      text={`${problem.message} ${problem.advice}`.trim()}
      onDismiss={() => dispatch({ type: 'problem-dismissed' })}
    >
      {/* The seconds are for the eye; a screen reader would be interrupted by each of them. */}
      {waitSeconds > 0 && <span aria-hidden="true">{waitSeconds} s left</span>}
      {waiting ? (
        <span>Waiting for the service…</span>
      ) : (
        <button type="button" className="link-button" disabled={waitSeconds > 0} onClick={run.start}>
          Run again
        </button>
      )}
    </Banner>
  )
}

function NoticeBanner({ notice }: { readonly notice: Notice }) {
  const dispatch = useDispatch()
  const { undo } = notice
  const dismiss = () => dispatch({ type: 'notice-dismissed', id: notice.id })
  return (
    <Banner
      tone={notice.tone}
      icon={notice.tone === 'warning' ? 'alert' : 'info'}
      text={notice.text}
      onDismiss={dismiss}
    >
      {undo && (
        <button
          type="button"
          className="link-button"
          onClick={() => {
            dispatch({ type: 'project-replaced', project: undo })
            dismiss()
          }}
        >
          Undo
        </button>
      )}
    </Banner>
  )
}
