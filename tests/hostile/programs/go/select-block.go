// Waits for something that will never come, with a timer so that the runtime does not notice.
package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("waiting")
	select {
	case <-time.After(20 * time.Second):
		fmt.Println("LEAK waited long enough")
	}
}
