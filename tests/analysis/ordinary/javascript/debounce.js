function debounce(fn, ms) {
  let timer
  return (...args) => {
    clearTimeout(timer)
    timer = setTimeout(() => fn.apply(this, args), ms)
  }
}
const print = debounce((text) => console.log(text), 5)
print('a')
print('b')
