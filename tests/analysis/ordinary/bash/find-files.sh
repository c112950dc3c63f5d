#!/bin/bash
mkdir -p /tmp/tree/a/b
touch /tmp/tree/a/x.txt /tmp/tree/a/b/y.txt
find /tmp/tree -name '*.txt' -type f | sort
find /tmp/tree -type d -exec basename {} \; | wc -l
for file in /tmp/tree/a/*.txt; do
  [ -f "$file" ] && echo "${file##*/}"
done
