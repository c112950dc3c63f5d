/// <reference path="@@CANARY_FILE@@" />
/// <reference types="/etc/shadow" />
// Compiler directives and imports that name files of the host.
const paths: string[] = ['@@CANARY_FILE@@', '/etc/shadow', '/proc/1/environ']
for (const path of paths) {
  try {
    const found: unknown = await import(path)
    console.log('LEAK', found)
  } catch (error) {
    console.log('DENIED', (error as { code?: string }).code ?? (error as Error).name)
  }
}
