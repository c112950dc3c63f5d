#!/bin/bash
queue=(a b c)
while ((${#queue[@]} > 0)); do
  item=${queue[0]}
  queue=("${queue[@]:1}")
  echo "$item"
done
until [ "${count:=0}" -ge 3 ]; do
  count=$((count + 1))
done
echo "$count"
