package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
)

func main() {
	u, err := url.Parse("https://example.com:8080/a?b=c")
	if err != nil {
		return
	}
	fmt.Println(u.Hostname(), u.Query().Get("b"), http.StatusText(http.StatusNotFound), net.ParseIP("10.0.0.1") != nil)
}
