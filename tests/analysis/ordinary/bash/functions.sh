#!/bin/bash
factorial() {
  local n=$1
  if (( n <= 1 )); then
    echo 1
  else
    echo $(( n * $(factorial $((n - 1))) ))
  fi
}
is_even() { (( $1 % 2 == 0 )); }
factorial 5
is_even 4 && echo even
