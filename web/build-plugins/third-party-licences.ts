import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

const PACKAGE_FOLDER = /^(?<folder>.*\/node_modules\/(?<name>@[^/]+\/[^/]+|[^/]+))\//

/** Puts the licence text of every bundled package beside the bundle, as those licences ask. */
export function thirdPartyLicences(): Plugin {
  return {
    name: 'third-party-licences',
    apply: 'build',
    generateBundle() {
      const folders = new Map<string, string>()
      for (const id of this.getModuleIds()) {
        const match = PACKAGE_FOLDER.exec(id.replaceAll('\0', ''))
        if (match?.groups?.['name'] && match.groups['folder']) {
          folders.set(match.groups['name'], match.groups['folder'])
        }
      }
      const sections = [...folders]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([name, folder]) => `${name}\n${'='.repeat(name.length)}\n\n${licenceText(folder)}`)
      this.emitFile({
        type: 'asset',
        fileName: 'third-party-licences.txt',
        source: `${sections.join('\n\n\n')}\n`,
      })
    },
  }
}

function licenceText(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|thirdpartynotices)/i.test(name))
  return files.map((name) => readFileSync(path.join(folder, name), 'utf8').trim()).join('\n\n')
}
