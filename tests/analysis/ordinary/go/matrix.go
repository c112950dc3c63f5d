package main

import "fmt"

type Matrix [][]float64

func (a Matrix) Times(b Matrix) Matrix {
	out := make(Matrix, len(a))
	for i := range a {
		out[i] = make([]float64, len(b[0]))
		for j := range b[0] {
			for k := range b {
				out[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return out
}

func main() { fmt.Println(Matrix{{1, 2}, {3, 4}}.Times(Matrix{{0, 1}, {1, 0}})) }
