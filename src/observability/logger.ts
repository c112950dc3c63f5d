/** Structured logs: one JSON object a line, with request and job ids; never code, input, output or addresses. */
import { pino } from 'pino'
import type { DestinationStream, Logger, LoggerOptions } from 'pino'

export type { Logger } from 'pino'

export interface LogSettings {
  readonly level: string
  /** Fields of every line: the process's role, for instance. */
  readonly fields?: Readonly<Record<string, string>>
}

interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack?: string | undefined
  readonly cause?: unknown
  readonly [property: string]: unknown
}

/** Causes are followed this far; deeper ones, or circles, are cut. */
const MAX_CAUSES = 5
/** The properties of an error that tell where it happened; any other may hold what a client sent. */
const LOGGED_PROPERTIES = new Set(['code', 'errno', 'syscall', 'path', 'step', 'status', 'exitCode'])

/** An error as a log line shows it: kind, message, stack, place and causes. */
export function serializeError(error: unknown, depth = 0): LoggedError | string {
  if (!(error instanceof Error)) return `not an error but ${typeof error}`
  const place = Object.entries(error).filter(([property]) => LOGGED_PROPERTIES.has(property))
  const cause =
    error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: serializeError(error.cause, depth + 1) }
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...Object.fromEntries(place),
    ...cause,
  }
}

/** A logger that writes to standard output unless told otherwise. */
export function createLogger(settings: LogSettings, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: settings.level,
    base: { ...settings.fields },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      err: (error: unknown) => serializeError(error),
      // Whoever logs a whole request or response logs nothing of it: both know the client's address.
      req: () => undefined,
      res: () => undefined,
    },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
