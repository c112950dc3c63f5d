/** Greets visitors while the web page has not been built. No script, nothing from elsewhere. */
export const LANDING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>codeexec</title>
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 4rem auto; padding: 0 1.25rem }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid; border-radius: .5rem; font: .875rem/1.5 ui-monospace, monospace }
</style>
</head>
<body>
<main>
<h1>codeexec</h1>
<p>This server runs code in sandboxes. No account, no key, no tracking.</p>
<pre><code>curl -s "$ORIGIN/api/v1/execute" -H 'Content-Type: application/json' \\
  -d '{"language": "python", "code": "print(6 * 7)"}'</code></pre>
<p>with the address of this page for <code>$ORIGIN</code>.</p>
<ul>
<li><a href="/docs">API reference</a></li>
<li><a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/api/v1/languages">Languages, their versions and limits</a></li>
</ul>
</main>
</body>
</html>
`
