#!/bin/bash
name=Ann
cat <<EOF
Hello $name
today is $((40 + 2))
EOF
text=$(cat <<'EOF'
no $expansion here
EOF
)
echo "$text"
