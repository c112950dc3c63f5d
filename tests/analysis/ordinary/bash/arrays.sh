#!/bin/bash
fruits=(apple pear "dragon fruit")
fruits+=(plum)
for fruit in "${fruits[@]}"; do
  printf '%s\n' "$fruit"
done
echo "${#fruits[@]} ${fruits[1]}"
declare -A ages=([ann]=30 [bob]=25)
for name in "${!ages[@]}"; do
  echo "$name ${ages[$name]}"
done | sort
