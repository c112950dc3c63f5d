import type { PrivateEngine } from './engine.mjs'

export const DEBIAN_IMAGE: string
export function makeDebian(engine: PrivateEngine): Promise<void>
export function settingsFor(engine: PrivateEngine, dataDirectory: string): Record<string, string>
