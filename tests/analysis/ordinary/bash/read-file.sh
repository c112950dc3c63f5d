#!/bin/bash
cat > /tmp/data.txt <<'EOF'
ann 30
bob 25
EOF
total=0
while read -r name age; do
  total=$((total + age))
  echo "$name"
done < /tmp/data.txt
echo "$total"
