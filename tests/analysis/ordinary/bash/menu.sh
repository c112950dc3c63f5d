#!/bin/bash
choices=(add list quit)
next=0
while true; do
  choice=${choices[next++]}
  case $choice in
    add) echo adding ;;
    list) echo listing ;;
    quit) break ;;
  esac
done
echo bye
