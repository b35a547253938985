// Programs that switch goroutines all the time: primes from a chain of filters, a tree that is walked by one, and turns.
package main

import "runtime"

func generate(out chan<- int) {
	for i := 2; ; i++ {
		out <- i
	}
}

func filter(in <-chan int, out chan<- int, prime int) {
	for i := range in {
		if i%prime != 0 {
			out <- i
		}
	}
}

type node struct {
	left, right *node
	value       int
}

func insert(n *node, value int) *node {
	if n == nil {
		return &node{value: value}
	}
	if value < n.value {
		n.left = insert(n.left, value)
	} else {
		n.right = insert(n.right, value)
	}
	return n
}

func walk(n *node, out chan<- int) {
	if n == nil {
		return
	}
	walk(n.left, out)
	out <- n.value
	walk(n.right, out)
}

func main() {
	in := make(chan int)
	go generate(in)
	sum := 0
	for i := 0; i < 100; i++ {
		prime := <-in
		sum += prime
		out := make(chan int)
		go filter(in, out, prime)
		in = out
	}
	println("primes", sum)

	var root *node
	random := uint32(1)
	for i := 0; i < 3000; i++ {
		random = random*1664525 + 1013904223
		root = insert(root, int(random>>8))
	}
	values, digest := make(chan int), int32(0)
	go func() { walk(root, values); close(values) }()
	for v := range values {
		digest = digest*31 + int32(v)
	}
	println("walk", digest)

	done, turns := make(chan bool), 0
	for i := 0; i < 10; i++ {
		go func() {
			for i := 0; i < 1000; i++ {
				turns++
				runtime.Gosched()
			}
			done <- true
		}()
	}
	for i := 0; i < 10; i++ {
		<-done
	}
	println("turns", turns)
}
