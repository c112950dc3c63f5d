#!/bin/bash
work() { sleep 0.0$1; echo "done $1"; }
for n in 1 2 3; do
  work "$n" &
done
wait
sleep 5 &
pid=$!
kill "$pid"
wait "$pid" 2> /dev/null
echo all
