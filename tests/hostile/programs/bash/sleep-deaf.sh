# Sleeps, and ignores every signal that may be ignored.
for number in {1..64}; do trap '' "$number" 2>/dev/null; done
echo 'good night'
for (( turn = 0; turn < 20; turn++ )); do sleep 1; done
echo 'LEAK slept enough'
