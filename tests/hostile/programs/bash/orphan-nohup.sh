# What people type to leave something running.
nohup sleep 20 >&1 2>&1 &
( setsid bash -c 'trap "" TERM HUP; sleep 5; echo LEAK; sleep 15' & )
coproc sleep 20
disown -a
echo 'parent is done'
exit 0
