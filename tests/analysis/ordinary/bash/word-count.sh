#!/bin/bash
declare -A counts
for word in the quick the lazy the end; do
  ((counts[$word]++))
done
for word in "${!counts[@]}"; do
  printf '%d %s\n' "${counts[$word]}" "$word"
done | sort -k1,1nr -k2
