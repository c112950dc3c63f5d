/** `POST /run`: the compact form. */
import { z } from 'zod'
import { executeOptions } from './execute.js'

export const runRequest = z
  .object({
    language: executeOptions.language,
    code: z.string().describe('The program. An empty string is legal.'),
    input: z.string().nullish().describe('All of standard input; empty when absent.'),
  })
  .meta({
    id: 'RunRequest',
    examples: [
      {
        language: 'cpp',
        code: '#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b << "\\n"; }',
        input: '2 3',
      },
    ],
  })

export type RunRequest = z.infer<typeof runRequest>

export const runAnswer = z
  .object({
    status: z
      .enum(['success', 'timeout', 'runtime_error'])
      .describe('`runtime_error` with `stage: "compile"` is a failed compilation.'),
    stdout: z.string(),
    stderr: z.string().describe("Standard error; the compiler's words when it refused the program."),
    stage: z.enum(['compile', 'run']).describe('The stage that decided the status.'),
  })
  .meta({ id: 'RunAnswer', examples: [{ status: 'success', stdout: '5\n', stderr: '', stage: 'run' }] })

export type RunAnswer = z.infer<typeof runAnswer>
