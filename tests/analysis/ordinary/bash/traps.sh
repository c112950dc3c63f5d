#!/bin/bash
cleanup() {
  echo "leaving with $?"
}
trap cleanup EXIT
trap 'echo interrupted; exit 130' INT
if ! command -v no-such-program > /dev/null 2>&1; then
  echo "not installed" >&2
fi
exit 3
