// The scheduler: goroutines, channels, select, mutexes, conditions, timers, tickers, contexts, and blocking everywhere.
package main

import (
	"context"
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

func pipeline(n int) int {
	source := make(chan int)
	go func() {
		for i := 2; ; i++ {
			source <- i
		}
	}()
	prime := 0
	for i := 0; i < n; i++ {
		prime = <-source
		next := make(chan int)
		go func(in <-chan int, out chan<- int, p int) {
			for v := range in {
				if v%p != 0 {
					out <- v
				}
			}
		}(source, next, prime)
		source = next
	}
	return prime
}

func workers() []int {
	jobs, results := make(chan int, 5), make(chan int, 5)
	var wg sync.WaitGroup
	for w := 0; w < 8; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				runtime.Gosched()
				results <- j * j
			}
		}()
	}
	go func() {
		for i := 0; i < 500; i++ {
			jobs <- i
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	var out []int
	for r := range results {
		out = append(out, r)
	}
	sort.Ints(out)
	return out
}

func selects() (got [4]int) {
	a, b, quit := make(chan int), make(chan string), make(chan struct{})
	go func() {
		for i := 0; i < 300; i++ {
			a <- i
		}
		for i := 0; i < 200; i++ {
			b <- "x"
		}
		close(quit)
	}()
	for {
		select {
		case <-a:
			got[0]++
		case <-b:
			got[1]++
		case <-quit:
			return
		default:
			got[3] = 1
			runtime.Gosched()
		}
	}
}

func timers() []string {
	var out []string
	ticker := time.NewTicker(2 * time.Millisecond)
	for i := 0; i < 5; i++ {
		<-ticker.C
	}
	ticker.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	out = append(out, ctx.Err().Error())
	done := make(chan string)
	for i, ms := range []int{30, 10, 20} {
		time.AfterFunc(time.Duration(ms)*time.Millisecond, func(i int) func() { return func() { done <- fmt.Sprint("timer ", i) } }(i))
	}
	for i := 0; i < 3; i++ {
		out = append(out, <-done)
	}
	return out
}

func locks() (int64, int) {
	var mu sync.RWMutex
	var once sync.Once
	var wg sync.WaitGroup
	var count int64
	cond, ready, shared := sync.NewCond(&sync.Mutex{}), false, 0
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			cond.L.Lock()
			for !ready {
				cond.Wait()
			}
			cond.L.Unlock()
			for k := 0; k < 100; k++ {
				atomic.AddInt64(&count, 1)
				mu.Lock()
				shared++
				mu.Unlock()
				mu.RLock()
				_ = shared
				mu.RUnlock()
			}
			once.Do(func() { count += 1000000 })
		}()
	}
	cond.L.Lock()
	ready = true
	cond.Broadcast()
	cond.L.Unlock()
	wg.Wait()
	return count, shared
}

func exits() (order []string) {
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { order = append(order, "deferred") }()
		order = append(order, "running")
		runtime.Goexit()
		order = append(order, "not reached")
	}()
	<-done
	return order
}

func main() {
	fmt.Println("prime", pipeline(90))
	out := workers()
	fmt.Println("workers", len(out), out[499])
	fmt.Println("selects", selects())
	fmt.Println("timers", timers())
	fmt.Println(locks())
	fmt.Println("exits", exits())
}
