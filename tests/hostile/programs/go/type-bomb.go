// Types that double at each step.
package main

type T0 struct{ a, b [2]int }
type T1 struct{ a, b [2]T0 }
type T2 struct{ a, b [2]T1 }
type T3 struct{ a, b [2]T2 }
type T4 struct{ a, b [2]T3 }
type T5 struct{ a, b [2]T4 }
type T6 struct{ a, b [2]T5 }
type T7 struct{ a, b [2]T6 }
type T8 struct{ a, b [2]T7 }
type T9 struct{ a, b [2]T8 }
type U0 struct{ a, b [2]T9 }
type U1 struct{ a, b [2]U0 }
type U2 struct{ a, b [2]U1 }
type U3 struct{ a, b [2]U2 }

var x, y U3

func main() { println(x == y) }
