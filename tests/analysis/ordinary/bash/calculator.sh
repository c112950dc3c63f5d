#!/bin/bash
calculate() {
  case $2 in
    +) echo $(($1 + $3)) ;;
    '*') echo $(($1 * $3)) ;;
    *) return 1 ;;
  esac
}
calculate 3 + 4
calculate 3 '*' 4
calculate 3 x 4 || echo "unknown"
printf '%.2f\n' 3.14159
let "x = 5 * 2"
echo "$x" "$(expr 1 + 1)"
