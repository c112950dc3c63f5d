#!/bin/bash
name=${1:-world}
while getopts "vn:" option "$@"; do
  case $option in
    v) verbose=1 ;;
    n) name=$OPTARG ;;
    *) echo "usage: $0 [-v] [-n name]" >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
echo "hello $name ${verbose:-0} $#"
