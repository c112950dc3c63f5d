function groupBy<T, K extends string>(items: readonly T[], key: (item: T) => K): Record<K, T[]> {
  const groups = {} as Record<K, T[]>
  for (const item of items) (groups[key(item)] ??= []).push(item)
  return groups
}
console.log(groupBy(['apple', 'avocado', 'pear'], (word) => word[0] as 'a' | 'p'))
