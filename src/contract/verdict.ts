/** Every verdict with the sentence the documentation shows for it. The words are promises of the wire contract. */
export const VERDICTS = {
  succeeded: 'The program ended by itself with exit code 0.',
  compile_error: 'The compiler refused the program; its words are in the result.',
  runtime_error: 'The program ended with another exit code, or a signal ended it.',
  time_limit_exceeded:
    'The program used more CPU or wall-clock time than it was allowed, or was idle for too long in a session.',
  memory_limit_exceeded: 'The kernel counted more memory than the program was allowed.',
  output_limit_exceeded: 'The program wrote more than it was allowed; what came before is kept.',
  cancelled: 'The client cancelled the execution or went away.',
  internal_error: 'The service failed, not the program; trying again may help.',
} as const

export type Verdict = keyof typeof VERDICTS

/** Why a stage was stopped from outside. One cause only: the first. */
export type StopReason = 'cpu' | 'wall' | 'idle' | 'memory' | 'output' | 'cancelled'
