package main

import "fmt"

type Number interface{ ~int | ~float64 }

func Map[T, U any](items []T, f func(T) U) []U {
	out := make([]U, 0, len(items))
	for _, item := range items {
		out = append(out, f(item))
	}
	return out
}

func Sum[T Number](items ...T) (total T) {
	for _, item := range items {
		total += item
	}
	return
}

func main() {
	fmt.Println(Map([]int{1, 2}, func(n int) string { return fmt.Sprint(n * n) }), Sum(1.5, 2))
}
