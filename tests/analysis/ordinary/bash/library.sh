#!/bin/bash
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [ -f "$here/lib.sh" ]; then
  source "$(dirname "$0")/lib.sh"
fi
. /dev/null
echo "${here:+found}"
