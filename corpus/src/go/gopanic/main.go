// A panic that nobody recovers, in a goroutine, while another panic is on its way: exit code 2 and the traces.
package main

import (
	"fmt"
	"time"
)

type custom struct {
	a int
	b string
}

//go:noinline
func fall(n int, c custom) {
	defer func() {
		if n == 0 {
			panic(fmt.Errorf("second, of %v", c))
		}
	}()
	if n == 0 {
		panic(c)
	}
	fall(n-1, c)
}

func main() {
	fmt.Println("before")
	go fall(3, custom{4, "five"})
	time.Sleep(time.Second)
	fmt.Println("not reached")
}
