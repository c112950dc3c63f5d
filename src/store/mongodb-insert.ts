import type { Collection, OptionalUnlessRequiredId } from 'mongodb'

const DUPLICATE_KEY = 11_000

/**
 * Inserts a document whose id decides: true for the one who was first, false for everybody else. The one operation
 * that is atomic in every server that speaks the protocol; updates are not.
 */
export async function insertedOnce<T extends { readonly _id: string }>(
  collection: Collection<T>,
  document: T,
): Promise<boolean> {
  try {
    await collection.insertOne(document as OptionalUnlessRequiredId<T>)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === DUPLICATE_KEY) return false
    throw error
  }
}
