/** Starts the virtual machine. Emulated in software: it then runs the same where the host offers no virtualisation. */
import { run } from '../lib/run.mjs'

const MEMORY_MEBIBYTES = 2560

function disk(file, id, device) {
  // Snapshots: what the machine writes is thrown away with it.
  return [
    '-drive',
    `file=${file},if=none,id=${id},format=raw,snapshot=on`,
    '-device',
    `${device},drive=${id}`,
  ]
}

/**
 * The machine's command line. The system is on NVMe, which the kernel has built in; the other disks are on virtio,
 * because several NVMe disks are found in parallel and get their names in any order. Inside they are /dev/vda, vdb…
 */
export function machineArgv({ kernel, systemDisk, dataDisks, serialFile }) {
  return [
    ['qemu-system-x86_64', '-machine', 'q35', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'max'],
    ['-smp', '2', '-m', String(MEMORY_MEBIBYTES), '-nodefaults', '-no-user-config', '-no-reboot'],
    ['-display', 'none', '-serial', 'stdio', '-serial', `file:${serialFile}`],
    [
      '-kernel',
      kernel,
      '-append',
      'console=ttyS0 root=/dev/nvme0n1 rw init=/bin/sh panic=-1 quiet -- /init.sh',
    ],
    disk(systemDisk, 'system', 'nvme,serial=system'),
    ...dataDisks.map((file, index) => disk(file, `data${index}`, 'virtio-blk-pci')),
  ].flat()
}

/** Boots the machine and waits for it to power itself off; what its console says is shown. */
export function runMachine(options, timeoutMs) {
  return run(machineArgv(options), { timeoutMs, show: true })
}
