// Runs before the first paint, so that a chosen theme never flashes in the other one.
try {
  var stored = JSON.parse(localStorage.getItem('codeexec.settings') || '{}')
  if (stored.theme === 'light' || stored.theme === 'dark') {
    document.documentElement.dataset.theme = stored.theme
  }
} catch {
  // Storage is blocked or damaged: the system's theme is used.
}
