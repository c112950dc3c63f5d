package main

import (
	"encoding/json"
	"fmt"
)

type Person struct {
	Name string   `json:"name"`
	Tags []string `json:"tags,omitempty"`
}

func main() {
	data, err := json.Marshal([]Person{{Name: "Ann", Tags: []string{"admin"}}, {Name: "Bob"}})
	if err != nil {
		panic(err)
	}
	var people []Person
	if err := json.Unmarshal(data, &people); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(data), len(people))
}
