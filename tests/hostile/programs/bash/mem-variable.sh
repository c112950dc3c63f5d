# A variable that doubles.
text=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
for (( step = 0; step < 25; step++ )); do text+=$text; done
echo "LEAK ${#text} characters"
