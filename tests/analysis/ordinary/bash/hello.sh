#!/usr/bin/env bash
set -euo pipefail
for i in {1..3}; do
  echo "Hello $i"
done
