# The simplest flood.
yes | head -c 536870912
