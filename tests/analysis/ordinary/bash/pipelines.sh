#!/bin/bash
printf 'b\na\nc\na\n' | sort | uniq -c | sort -rn | awk '{ print $2, $1 }' | while read -r word count; do
  echo "$word: $count"
done
grep -c . <<< $'one\ntwo'
echo "rm -rf curl eval sudo" | tr ' ' '\n' | head -n 2
