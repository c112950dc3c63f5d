package main

import (
	"fmt"
	"sort"
	"strings"
)

func main() {
	counts := map[string]int{}
	for _, word := range strings.Fields("the quick fox the lazy fox the end") {
		counts[word]++
	}
	words := make([]string, 0, len(counts))
	for word := range counts {
		words = append(words, word)
	}
	sort.Slice(words, func(i, j int) bool { return counts[words[i]] > counts[words[j]] || (counts[words[i]] == counts[words[j]] && words[i] < words[j]) })
	delete(counts, "end")
	fmt.Println(words[:3], len(counts))
}
