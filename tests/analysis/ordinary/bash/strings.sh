#!/bin/bash
path=/home/ann/notes.tar.gz
echo "${path##*/} ${path%.*} ${path%%.*} ${path/ann/bob} ${#path}"
upper=${path^^}
echo "${upper:0:5}"
[[ $path == *.gz && $path =~ ^/home/([a-z]+)/ ]] && echo "${BASH_REMATCH[1]}"
IFS=/ read -ra parts <<< "$path"
echo "${#parts[@]}"
