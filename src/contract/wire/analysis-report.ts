/** What static analysis found, as clients get it. */
import { z } from 'zod'
import { CATEGORIES, SEVERITIES } from '../analysis.js'
import type { AnalysisStatus, FindingCategory } from '../analysis.js'

const position = z.int().min(1)

const finding = z
  .object({
    rule: z.string().describe('Id of the rule: `python/os-command`.'),
    category: z.enum(Object.keys(CATEGORIES).filter(isCategory)).describe(
      Object.entries(CATEGORIES)
        .map(([category, meaning]) => `\`${category}\`: ${meaning}`)
        .join(' '),
    ),
    severity: z.enum(SEVERITIES),
    message: z.string().describe('What happens and what to do instead. Plain text, names in backticks.'),
    file: z.string().describe('Name of the file; the language’s usual one when only `code` was sent.'),
    line: position.describe('From 1.'),
    column: position.describe('From 1, in UTF-16 code units, as editors count.'),
    endLine: position,
    endColumn: position.describe('Just past the last character.'),
  })
  .meta({ id: 'Finding' })

const STATUSES = ['complete', 'partial', 'unsupported', 'failed'] as const satisfies readonly AnalysisStatus[]

const count = z.int().min(0)

export const analyzeAnswer = z
  .object({
    findings: z
      .array(finding)
      .describe('Sorted by file as sent, then position. At most 200, the worst ones.'),
    summary: z
      .object({
        language: z.string().describe('Id of the language.'),
        status: z
          .enum(STATUSES)
          .describe(
            '`complete`: all was read. `partial`: a bound was reached, see `notes`. `unsupported`: there is no grammar for the language. `failed`: nothing could be found out.',
          ),
        total: count.describe('Findings, those that are not listed included.'),
        bySeverity: z.object({ critical: count, high: count, medium: count, low: count }),
        byCategory: z
          .partialRecord(z.enum(Object.keys(CATEGORIES).filter(isCategory)), count)
          .describe('Only the categories that occur.'),
        worst: z.enum(SEVERITIES).nullable().describe('Null when there is no finding.'),
        filesAnalyzed: count,
        notes: z.array(z.string()).describe('What was not looked at, and why.'),
      })
      .meta({ id: 'AnalysisSummary' }),
  })
  .meta({
    id: 'AnalyzeAnswer',
    examples: [
      {
        findings: [
          {
            rule: 'python/os-command',
            category: 'system-command',
            severity: 'critical',
            message: '`os.system` runs another program of the system.',
            file: 'main.py',
            line: 2,
            column: 1,
            endLine: 2,
            endColumn: 9,
          },
        ],
        summary: {
          language: 'python',
          status: 'complete',
          total: 1,
          bySeverity: { critical: 1, high: 0, medium: 0, low: 0 },
          byCategory: { 'system-command': 1 },
          worst: 'critical',
          filesAnalyzed: 1,
          notes: [],
        },
      },
    ],
  })

function isCategory(word: string): word is FindingCategory {
  return word in CATEGORIES
}
