package main

import (
	"container/list"
	"fmt"
)

func main() {
	l := list.New()
	two := l.PushBack(2)
	l.PushFront(1)
	l.PushBack(3)
	l.Remove(two)
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Println(e.Value)
	}
}
