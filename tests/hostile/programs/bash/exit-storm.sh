# Kills itself while its children write, fork and end.
for turn in {1..10}; do
  ( for (( step = 0; step < 200; step++ )); do ( : ) ; echo "child $step"; done ) &
done
kill -KILL $$
