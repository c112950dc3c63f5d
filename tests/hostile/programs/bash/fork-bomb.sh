# The classic, with an end: twelve generations, each twice as many.
bomb() {
  (( $1 > 12 )) && { sleep 20; return; }
  bomb $(( $1 + 1 )) | bomb $(( $1 + 1 )) &
}
bomb 1 2>/dev/null
wait
sleep 20
