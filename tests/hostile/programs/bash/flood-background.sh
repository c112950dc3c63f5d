# Ends at once; three writers stay.
for turn in 1 2 3; do
  ( trap '' HUP TERM PIPE; sleep 0.3; yes background | head -c 268435456 ) &
done
disown -a
echo 'parent is done'
