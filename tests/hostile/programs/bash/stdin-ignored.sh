# Is sent more input than a pipe holds, and closes it unread.
exec <&-
sleep 0.2
echo 'parent is done'
