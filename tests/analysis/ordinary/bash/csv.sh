#!/bin/bash
csv=$'name,age\nann,30\nbob,25'
{
  read -r header
  echo "columns: ${header//,/ }"
  while IFS=, read -r name age; do
    echo "$name is $age"
  done
} <<< "$csv"
