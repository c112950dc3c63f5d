let ticks = 0
const timer = setInterval(() => {
  console.log('tick', ++ticks)
  if (ticks === 3) clearInterval(timer)
}, 5)
