#!/bin/sh
# Runs inside the virtual machine, in the project's folder; the second serial port takes the counts out.
# The suites are in a group with limits, as a unit or a container is; one of them tries the group at the root, too.
export CODEEXEC_TEST_TIME_FACTOR=10 NO_COLOR=1 VITEST_COUNTS=/tmp/counts.json
# Through a pipe, or vitest would take the console for somebody's terminal and redraw it.
node scripts/parent-group.mjs 2048 1.9 node node_modules/vitest/vitest.mjs run --project=integration \
  --reporter=default --reporter=./scripts/lib/counting-reporter.mjs src/sandbox/drivers/namespaces 2>&1 | cat
cat "$VITEST_COUNTS" >/dev/ttyS1
