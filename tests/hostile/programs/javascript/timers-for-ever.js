// Does nothing, for ever, and will not be told to stop.
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => console.log('LEAK survived', name))
setInterval(() => {}, 1000)
