/**
 * Installing Debian packages into a layer with the host's apt, so that images need none of their own and package
 * lists and downloads are shared between the layers of one build run. Pure: only texts and argument lists.
 */
import path from 'node:path'

/** Trusted to sign what is installed; part of Debian 12 and 13, where Debian 12's knows the keys of 13 too. */
export const DEBIAN_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Where packages that are about to be installed are seen inside a layer. */
export const ARCHIVES_IN_LAYER = 'var/cache/apt/archives'

export interface AptFolders {
  /** Root of the mounted layer. */
  readonly root: string
  /** Package lists, downloads and configuration, outside every layer. */
  readonly packages: string
}

/** Text of the configuration file for one layer, with the host's own download settings (proxies and the like). */
export function aptConfig({ root, packages }: AptFolders, hostSettings: string): string {
  const settings: Readonly<Record<string, string>> = {
    Dir: `${root}/`,
    'Dir::State': path.join(packages, 'state'),
    'Dir::State::status': path.join(root, 'var/lib/dpkg/status'),
    'Dir::Cache': path.join(packages, 'cache'),
    'Dir::Cache::archives': path.join(root, ARCHIVES_IN_LAYER),
    'Dir::Log': path.join(packages, 'log'),
    'Dir::Etc::trusted': DEBIAN_KEYRING,
    'Dir::Etc::trustedparts': path.join(packages, 'none'),
    'Dir::Etc::parts': path.join(packages, 'none'),
    'DPkg::Chroot-Directory': root,
    'APT::Sandbox::User': 'root',
    'APT::Install-Recommends': 'false',
    'APT::Install-Suggests': 'false',
    'APT::Get::Assume-Yes': 'true',
    'APT::Keep-Downloaded-Packages': 'true',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Dpkg::Use-Pty': 'false',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";`)
  return [...hostSettings.split('\n').filter(isDownloadSetting), ...lines, ''].join('\n')
}

/** Settings of the host that say how to reach the mirror; its others must not reach an image. */
function isDownloadSetting(line: string): boolean {
  return /^Acquire::(?:https?::|ftp::|Check-|Max-|ForceIPv)/iu.test(line) && !line.endsWith('"";')
}

/** Options for mmdebstrap that carry the same download settings. */
export function downloadOptions(hostSettings: string): string[] {
  return hostSettings
    .split('\n')
    .filter(isDownloadSetting)
    .map((line) => `--aptopt=${line}`)
}

/** Percentage and words in a line that apt reports its progress with, or undefined. */
export function parseAptStatus(
  line: string,
): { readonly percent: number; readonly text: string } | undefined {
  const [kind, , percent, text] = line.split(':')
  if ((kind !== 'dlstatus' && kind !== 'pmstatus') || percent === undefined) return undefined
  // Downloading is the first half, unpacking and setting up the second.
  const share = Number(percent) / 2
  if (!Number.isFinite(share)) return undefined
  return { percent: Math.floor(kind === 'dlstatus' ? share : 50 + share), text: text ?? '' }
}
