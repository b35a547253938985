// Panics of every kind, recovered and rethrown through nested defers, and at last one that ends the program with its trace.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

type node struct {
	next  *node
	value int
}

type shape interface{ area() int }

type failure struct{ code int }

func (f failure) Error() string { return fmt.Sprint("failure ", f.code) }

//go:noinline
func deep(n int) int {
	if n == 0 {
		var p *node
		return p.value
	}
	return deep(n-1) + 1
}

func try(name string, f func()) {
	defer func() {
		r := recover()
		var re runtime.Error
		if err, ok := r.(error); ok && errors.As(err, &re) {
			fmt.Println(name, "runtime error:", re.Error())
		} else {
			fmt.Printf("%s %T %v\n", name, r, r)
		}
	}()
	f()
}

func nested(depth int) (result string) {
	defer func() {
		if r := recover(); r != nil {
			result = fmt.Sprint(depth, " caught ", r)
			if depth%3 == 0 && depth > 0 {
				panic(fmt.Sprint("again from ", depth))
			}
		}
	}()
	for i := 0; i < 3; i++ {
		defer func(i int) { result += fmt.Sprint(" d", i) }(i)
	}
	if depth == 7 {
		panic(failure{depth})
	}
	return nested(depth+1) + "."
}

func stackNames() string {
	var names []string
	for _, line := range strings.Split(string(debug.Stack()), "\n") {
		if strings.HasPrefix(line, "main.") {
			names = append(names, strings.SplitN(line, "(", 2)[0])
		}
	}
	return strings.Join(names, " ")
}

func loops() (caught int) {
	for i := 0; i < 20000; i++ {
		func() {
			defer func() {
				if recover() != nil {
					caught++
				}
			}()
			if i%2 == 0 {
				panic(i)
			}
		}()
	}
	return caught
}

func main() {
	five, zero := 5+len(os.Args)/100, len(os.Args)/100
	var m map[string]int
	var s shape
	var text any = "text"
	a := make([]int, 3)
	try("nil", func() { deep(3) })
	try("map", func() { m["a"] = 1 })
	try("index", func() { a[five]++ })
	try("slice", func() { _ = a[five:] })
	try("array", func() { _ = *(*[4]int)(append(a, 0)[:3+zero]) })
	try("assert", func() { fmt.Println(text.(int)) })
	try("interface", func() { fmt.Println(text.(shape)) })
	try("method", func() { s.area() })
	try("divide", func() { fmt.Println(1 / zero) })
	try("shift", func() { fmt.Println(1 << (zero - 1)) })
	try("make", func() { _ = make([]int, zero-1) })
	try("closed", func() { c := make(chan int); close(c); close(c) })
	try("error", func() { panic(fmt.Errorf("wrapped %w", failure{9})) })
	try("nothing", func() {})
	try("goexit", func() { panic(nil) })
	try("nested", func() { fmt.Println(nested(0)) })
	try("key", func() { map[any]int{}[[]int{1}] = 2 })
	fmt.Println("loops", loops())
	fmt.Println("stack", func() string { return stackNames() }())
	deep(5)
}
