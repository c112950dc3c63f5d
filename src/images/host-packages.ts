/** Debian packages that a host needs for building images; the set-up installs what is missing. */
export const hostPackages: readonly string[] = [
  'apt',
  'coreutils',
  'debian-archive-keyring',
  'distro-info-data',
  'dpkg',
  'gzip',
  'mmdebstrap',
  'mount',
  'tar',
  'util-linux',
]
