const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
async function pool<T>(limit: number, tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  let next = 0
  async function worker(): Promise<void> {
    while (next < tasks.length) {
      const index = next++
      const task = tasks[index]
      if (task) results[index] = await task()
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}
pool(2, [1, 2, 3].map((n) => async () => { await sleep(n); return n * n })).then(console.log)
