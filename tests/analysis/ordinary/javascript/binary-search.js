function search(items, wanted) {
  let low = 0
  let high = items.length - 1
  while (true) {
    if (low > high) return -1
    const middle = (low + high) >> 1
    if (items[middle] === wanted) return middle
    if (items[middle] < wanted) low = middle + 1
    else high = middle - 1
  }
}
console.log(search([1, 3, 5, 7], 5), search([1, 3], 2))
