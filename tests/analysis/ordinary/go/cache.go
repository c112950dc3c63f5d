package main

import "fmt"

type Cache struct{ items map[string]string }

func (c *Cache) Get(key string) string   { return c.items[key] }
func (c *Cache) Remove(key string)       { delete(c.items, key) }
func (c *Cache) Dial(number string) bool { return number != "" }

func main() {
	http := &Cache{items: map[string]string{"a": "b"}}
	fmt.Println(http.Get("a"), http.Dial("123"))
	http.Remove("a")
	fmt.Println(len(http.items))
}
