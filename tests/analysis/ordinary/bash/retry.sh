#!/bin/bash
attempt() { ((++tries >= 3)); }
tries=0
while :; do
  if attempt; then
    echo "worked after $tries"
    break
  fi
done
