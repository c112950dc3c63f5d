/**
 * Between a program's output and the terminal on the screen. Output may come before the terminal is loaded, and
 * faster than it can draw: pieces are bounded, the next is given when the last is drawn, and a backlog beyond the
 * bound loses its middle, said in place. The whole text (to a bound) is kept for copying and for the history.
 */
export type OutputStream = 'stdout' | 'stderr'

/** What draws; `done` is called when it is ready for more. */
export interface TerminalSink {
  write(text: string, done: () => void): void
  reset(): void
}

export interface TerminalStream {
  readonly clear: () => void
  readonly append: (text: string, stream: OutputStream) => void
  /** Attaches what draws, and gives it what came before. Returns the function that detaches it. */
  readonly attach: (sink: TerminalSink) => () => void
  /** What the program printed, both streams in order of arrival. */
  readonly transcript: () => string
  /** True when the transcript could not take everything. */
  readonly transcriptCut: () => boolean
}

const PIECE_CHARACTERS = 32_768
const MAX_BACKLOG_CHARACTERS = 4_000_000
const MAX_TRANSCRIPT_CHARACTERS = 4_000_000

export function createTerminalStream(): TerminalStream {
  let sink: TerminalSink | null = null
  /** Already coloured text not yet drawn. */
  let backlog: string[] = []
  let backlogCharacters = 0
  let droppedCharacters = 0
  /** What was drawn so far (the end of it), to give to a sink that is attached late. */
  let drawn: string[] = []
  let drawnCharacters = 0
  let transcript: string[] = []
  let transcriptCharacters = 0
  let cut = false
  let busy = false
  /** A `done` of before the last clear or attach is not ours any more. */
  let epoch = 0

  function pump(): void {
    if (!sink || busy || backlog.length === 0) {
      return
    }
    const piece = nextPiece()
    drawn.push(piece)
    drawnCharacters += piece.length
    while (drawnCharacters > MAX_BACKLOG_CHARACTERS) {
      drawnCharacters -= drawn.shift()?.length ?? 0
    }
    busy = true
    const current = epoch
    sink.write(piece, () => {
      if (current === epoch) {
        busy = false
        pump()
      }
    })
  }

  function nextPiece(): string {
    let piece = ''
    if (droppedCharacters > 0) {
      piece = `\r\n\u001B[0;7m ${droppedCharacters.toLocaleString('en')} characters are not shown: the program printed faster than the page could draw. \u001B[0m\r\n`
      droppedCharacters = 0
    }
    while (piece.length < PIECE_CHARACTERS) {
      const next = backlog.shift()
      if (next === undefined) {
        break
      }
      const room = PIECE_CHARACTERS - piece.length
      piece += next.slice(0, room)
      backlogCharacters -= Math.min(room, next.length)
      if (next.length > room) {
        backlog.unshift(next.slice(room))
      }
    }
    return piece
  }

  function boundBacklog(): void {
    while (backlogCharacters > MAX_BACKLOG_CHARACTERS && backlog.length > 1) {
      const dropped = backlog.shift() ?? ''
      backlogCharacters -= dropped.length
      droppedCharacters += dropped.length
    }
  }

  return {
    clear: () => {
      epoch += 1
      busy = false
      backlog = []
      drawn = []
      drawnCharacters = 0
      transcript = []
      backlogCharacters = 0
      droppedCharacters = 0
      transcriptCharacters = 0
      cut = false
      sink?.reset()
    },
    append: (text, stream) => {
      if (text === '') {
        return
      }
      const room = MAX_TRANSCRIPT_CHARACTERS - transcriptCharacters
      cut ||= text.length > room
      if (room > 0) {
        transcript.push(text.slice(0, room))
        transcriptCharacters += Math.min(room, text.length)
      }
      const shown = stream === 'stderr' ? `\u001B[31m${text}\u001B[39m` : text
      for (let start = 0; start < shown.length; start += PIECE_CHARACTERS) {
        backlog.push(shown.slice(start, start + PIECE_CHARACTERS))
      }
      backlogCharacters += shown.length
      boundBacklog()
      pump()
    },
    attach: (attached) => {
      epoch += 1
      busy = false
      sink = attached
      backlog = [...drawn, ...backlog]
      backlogCharacters = backlog.reduce((sum, text) => sum + text.length, 0)
      drawn = []
      drawnCharacters = 0
      boundBacklog()
      pump()
      return () => {
        if (sink === attached) {
          sink = null
          epoch += 1
          busy = false
        }
      }
    },
    transcript: () => transcript.join(''),
    transcriptCut: () => cut,
  }
}
