# Sent under a name that looks like an option.
echo 'a file is a file'
