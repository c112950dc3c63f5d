package main

import "fmt"

func search(items []int, wanted int) int {
	low, high := 0, len(items)-1
	for {
		if low > high {
			return -1
		}
		switch middle := (low + high) / 2; {
		case items[middle] == wanted:
			return middle
		case items[middle] < wanted:
			low = middle + 1
		default:
			high = middle - 1
		}
	}
}

func main() { fmt.Println(search([]int{1, 3, 5}, 5), search(nil, 1)) }
