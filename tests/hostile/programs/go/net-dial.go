// Every network that the standard library knows.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	service, canary := os.Args[1], os.Args[2]
	dialer := net.Dialer{Timeout: time.Second}
	for _, target := range [][2]string{
		{"tcp4", "127.0.0.1:" + service}, {"tcp4", "127.0.0.1:" + canary}, {"tcp6", "[::1]:" + canary},
		{"tcp", "localhost:" + canary}, {"tcp", "203.0.113.1:80"}, {"tcp6", "[2001:db8::1]:80"},
		{"unix", "/var/run/docker.sock"}, {"unixpacket", "@codeexec"}, {"ip4:icmp", "127.0.0.1"},
		{"udp", "224.0.0.251:5353"},
	} {
		connection, err := dialer.Dial(target[0], target[1])
		if err != nil {
			fmt.Println("DENIED", target[0], target[1] == "127.0.0.1:"+service)
			continue
		}
		fmt.Println("LEAK", target, connection.RemoteAddr())
	}
	client := http.Client{Timeout: 2 * time.Second}
	if answer, err := client.Get("http://127.0.0.1:" + service + "/health"); err == nil {
		fmt.Println("LEAK http", answer.Status)
	} else {
		fmt.Println("DENIED http")
	}
	limited, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if found, err := net.DefaultResolver.LookupHost(limited, "example.com"); err == nil {
		fmt.Println("LEAK dns", found)
	} else {
		fmt.Println("DENIED dns")
	}
	interfaces, _ := net.Interfaces()
	for _, one := range interfaces {
		if one.Flags&net.FlagLoopback == 0 {
			fmt.Println("LEAK interface", one.Name)
		}
	}
	fmt.Println("looked")
}
