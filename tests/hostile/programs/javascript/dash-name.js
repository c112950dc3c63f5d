// Sent under a name that looks like an option.
console.log('a file is a file')
