// All goroutines asleep: the runtime finds out, prints every stack, and exits with 2.
package main

import (
	"fmt"
	"sync"
)

func wait(ch chan int, wg *sync.WaitGroup) {
	defer wg.Done()
	fmt.Println("got", <-ch)
}

func main() {
	var wg sync.WaitGroup
	ch := make(chan int)
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go wait(ch, &wg)
	}
	ch <- 7
	wg.Wait()
}
