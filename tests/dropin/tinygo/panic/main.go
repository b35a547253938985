// A goroutine that panics after it slept: the program ends with an error.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	done := make(chan int)
	go func() {
		time.Sleep(time.Millisecond)
		list := make([]int, len(os.Args)%2)
		defer fmt.Println("never printed")
		fmt.Println("before")
		done <- list[7]
	}()
	<-done
}
