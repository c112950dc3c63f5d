package main

import "fmt"

func main() {
	grid := [][]int{{1, 2}, {3, 4}}
outer:
	for {
		for y, row := range grid {
			for x, value := range row {
				if value == 3 {
					fmt.Println("found at", x, y)
					break outer
				}
			}
		}
	}
}
