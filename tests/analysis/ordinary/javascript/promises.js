const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function main() {
  const results = await Promise.allSettled([
    sleep(1).then(() => 'one'),
    Promise.reject(new Error('two')),
    (async () => {
      await sleep(2)
      return 'three'
    })(),
  ])
  for (const { status, value, reason } of results) console.log(status, value ?? reason.message)
}
main().catch(console.error)
