/** Functions of the C library under both names that C++ gives them. */
export function library(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [name, `std.${name}`])
}
