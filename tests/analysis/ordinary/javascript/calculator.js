const operations = { '+': (a, b) => a + b, '*': (a, b) => a * b }
const calculator = {
  eval(text) {
    const [left, op, right] = text.split(' ')
    return operations[op](Number(left), Number(right))
  },
}
console.log(calculator.eval('2 + 3'), calculator.eval('4 * 5'))
