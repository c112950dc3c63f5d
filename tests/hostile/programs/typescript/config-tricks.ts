// Sent with a tsconfig.json and a package.json that ask the compiler for plugins and host files.
const answer: number = 42
console.log('typed', answer)
