// Goroutines that sleep, wait for channels and each other: workers, tickers, select, a mutex held over a sleep, and calls that
// are suspended under recursion, closures and methods. What is printed does not depend on how fast anything is.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

type job struct{ id, n int }

func worker(jobs <-chan job, out chan<- string, wait *sync.WaitGroup) {
	defer wait.Done()
	for j := range jobs {
		time.Sleep(time.Duration(j.n) * time.Millisecond)
		sum := 0
		for i := 0; i < j.n*100; i++ {
			sum += i * i % 7
		}
		out <- fmt.Sprintf("job %d: %d", j.id, sum)
	}
}

func pool() {
	jobs, out := make(chan job), make(chan string, 2)
	var wait sync.WaitGroup
	for i := 0; i < 4; i++ {
		wait.Add(1)
		go worker(jobs, out, &wait)
	}
	go func() {
		for i := 0; i < 20; i++ {
			jobs <- job{i, i*7%5 + 1}
		}
		close(jobs)
		wait.Wait()
		close(out)
	}()
	length := 0
	for s := range out {
		length += len(s)
	}
	fmt.Println("pool", length)
}

type shape interface{ area() float64 }
type square struct{ side float64 }
type circle struct{ radius float64 }

func (s square) area() float64 { time.Sleep(time.Millisecond); return s.side * s.side }
func (c circle) area() float64 { return 3 * c.radius * c.radius }

func tick(ctx context.Context, out chan<- int) error {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			out <- n
			if n == 3 {
				return errors.New("ended")
			}
		}
	}
}

func tickers() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ticks, ends := make(chan int), make(chan error)
	go func() { ends <- tick(ctx, ticks) }()
	for {
		select {
		case n := <-ticks:
			fmt.Println("tick", n)
			continue
		case err := <-ends:
			fmt.Println("error", err)
		}
		break
	}
	cancel()
	fmt.Println("cancelled", tick(ctx, ticks))
}

// What is suspended below are 40 calls, each with values of its own.
func deep(n int, bottom func() int) int {
	if n == 0 {
		return bottom()
	}
	a, b := n*3, float64(n)/2
	return deep(n-1, bottom) + a + int(b)
}

func recovered(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered %v", r)
		}
	}()
	time.Sleep(time.Millisecond)
	if n > 1 {
		return errors.New("too many")
	}
	return nil
}

func main() {
	pool()
	total := 0.0
	for _, s := range []shape{square{2}, circle{1}, square{3}} {
		total += s.area()
	}
	fmt.Println("area", total)
	tickers()

	var mutex sync.Mutex
	var wait sync.WaitGroup
	count := 0
	for i := 0; i < 50; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			mutex.Lock()
			defer mutex.Unlock()
			before := count
			if i%10 == 0 {
				time.Sleep(time.Microsecond)
			}
			count = before + i
		}(i)
	}
	wait.Wait()
	fmt.Println("count", count)

	answers := make(chan int)
	fmt.Println("deep", deep(40, func() int {
		go func() { time.Sleep(time.Millisecond); answers <- 42 }()
		return <-answers
	}))
	for i := 0; i < 3; i++ {
		fmt.Println("call", i, recovered(i))
	}
}
