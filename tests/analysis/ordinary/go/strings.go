package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

func reverse(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func main() {
	var b strings.Builder
	for _, w := range []string{"één", "twee"} {
		b.WriteString(reverse(w))
		b.WriteByte(' ')
	}
	fmt.Println(strings.TrimSpace(b.String()), utf8.RuneCountInString(b.String()))
}
