// Deep recursion: stacks that grow, move and shrink at many depths, with pointers into them, on many goroutines.
package main

import (
	"fmt"
	"runtime"
)

type frame struct {
	up    *frame
	depth int
	data  [24]int
}

//go:noinline
func descend(n int, up *frame) int {
	f := frame{up: up, depth: n}
	f.data[n%24] = n
	if n == 0 {
		sum := 0
		for p := &f; p != nil; p = p.up {
			sum += p.data[p.depth%24]
		}
		return sum
	}
	return descend(n-1, &f) + f.data[n%24]&1
}

//go:noinline
func wide(n int) int {
	var buf [512]byte
	buf[n%512] = byte(n)
	if n == 0 {
		return int(buf[0])
	}
	return wide(n-1) + int(buf[n%512])
}

func even(n int) bool { return n == 0 || odd(n-1) }
func odd(n int) bool  { return n != 0 && even(n-1) }

func many(count int) (sum int) {
	results := make(chan int)
	for i := 0; i < count; i++ {
		go func(i int) {
			s := descend(i*13%300, nil)
			if i%10 == 0 {
				runtime.Gosched()
			}
			results <- s + wide(i%100)
		}(i)
	}
	for i := 0; i < count; i++ {
		sum += <-results
	}
	return sum
}

func deferred(n int) (sum int) {
	if n > 0 {
		defer func() { sum += deferred(n/2) % 1000 }()
		return deferred(n - 1)
	}
	return 1
}

func main() {
	for _, depth := range []int{1, 10, 100, 1000, 3000, 6000} {
		fmt.Println(depth, descend(depth, nil), wide(depth))
		runtime.GC()
	}
	fmt.Println(even(20000), odd(17777))
	fmt.Println("many", many(300))
	fmt.Println("deferred", deferred(18))
	fmt.Println(wide(6000))
}
