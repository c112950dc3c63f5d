# Its arguments are words for this shell alone: nobody has looked into them on the way.
for word in "$@"; do printf '<%s>\n' "$word"; done
