#!/bin/bash
for ((n = 2; n <= 30; n++)); do
  prime=1
  for ((d = 2; d * d <= n; d++)); do
    if (( n % d == 0 )); then
      prime=0
      break
    fi
  done
  (( prime )) && echo -n "$n "
done
echo
