# The environment, and every process's that can be read.
env | sort
for file in /proc/[0-9]*/environ; do
  tr '\0' '\n' <"$file" 2>/dev/null | grep -v '^_=' | sed 's/^/seen /'
done
[[ -z ${HOSTILE_SECRET-} ]] && echo 'no secret'
