/**
 * The runs of this browser, in its IndexedDB and nowhere else. Bounded by number and by size. Where the browser
 * refuses storage (some private windows), they are kept until the page closes.
 */
import { projectSize } from '../../state/project.js'
import type { RunRecord } from './run-record.js'

const DATABASE = 'codeexec'
const TABLE = 'runs'
export const MAX_RECORDS = 100
const MAX_TOTAL_CHARACTERS = 20_000_000
export const MAX_OUTPUT_CHARACTERS = 20_000

export interface HistoryStore {
  /** Newest first. */
  list(): Promise<RunRecord[]>
  /** Keeps the record, drops what is beyond the bounds, and returns the new list. */
  add(record: RunRecord): Promise<RunRecord[]>
  remove(id: string): Promise<RunRecord[]>
  clear(): Promise<void>
}

export async function openHistory(): Promise<HistoryStore> {
  try {
    return databaseHistory(await openDatabase())
  } catch {
    return memoryHistory()
  }
}

/** Those to keep, newest first, by number and by size. */
export function withinBounds(records: readonly RunRecord[]): RunRecord[] {
  let size = 0
  return records
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MAX_RECORDS)
    .filter((record) => {
      size += projectSize(record.project) + record.output.length
      return size <= MAX_TOTAL_CHARACTERS
    })
}

function databaseHistory(database: IDBDatabase): HistoryStore {
  const table = (mode: IDBTransactionMode) => database.transaction(TABLE, mode).objectStore(TABLE)
  const list = async () => withinBounds((await settled(table('readonly').getAll())) as RunRecord[])
  return {
    list,
    add: async (record) => {
      const all = [...((await settled(table('readonly').getAll())) as RunRecord[]), record]
      const kept = withinBounds(all)
      const keptIds = new Set(kept.map(({ id }) => id))
      const writable = table('readwrite')
      for (const { id } of all) {
        if (!keptIds.has(id)) {
          writable.delete(id)
        }
      }
      await settled(writable.put(record))
      return kept
    },
    remove: async (id) => {
      await settled(table('readwrite').delete(id))
      return list()
    },
    clear: async () => {
      await settled(table('readwrite').clear())
    },
  }
}

export function memoryHistory(): HistoryStore {
  let records: RunRecord[] = []
  return {
    list: () => Promise.resolve(records),
    add: (record) => {
      records = withinBounds([record, ...records])
      return Promise.resolve(records)
    },
    remove: (id) => {
      records = records.filter((record) => record.id !== id)
      return Promise.resolve(records)
    },
    clear: () => {
      records = []
      return Promise.resolve()
    },
  }
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore(TABLE, { keyPath: 'id' })
  })
  return settled(request)
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('The browser refused storage.')),
    )
  })
}
