# For programs that somebody talks to through pipes: what they print is seen before they wait for the answer.
$stdout.sync = true
