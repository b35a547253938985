//go:build (js || wasip1) && go1.24

// A library for a host: exported functions that allocate, block, start goroutines, panic inside and recover, and call an import.
package main

import (
	"fmt"
	"hash/fnv"
	"sort"
	"strings"
	"time"
)

var calls []string

//go:wasmexport add
func add(a, b int32) int32 { return a + b }

//go:wasmexport mix
func mix(a int64, b float64, c float32, d uint32) float64 {
	calls = append(calls, fmt.Sprint("mix ", a, b, c, d))
	return float64(a)*b + float64(c) - float64(d)
}

//go:wasmexport busy
func busy(n int32) int64 {
	results := make(chan int64)
	for i := int32(0); i < n; i++ {
		go func() {
			time.Sleep(time.Millisecond)
			results <- int64(len(strings.Repeat("ab", int(i)*1000)))
		}()
	}
	var sum int64
	for i := int32(0); i < n; i++ {
		sum += <-results
	}
	return sum
}

//go:wasmexport safe
func safe(n int32) (code int32) {
	defer func() {
		calls = append(calls, fmt.Sprint("recovered ", recover()))
		code = int32(len(calls))
	}()
	return int32(make([]int, 1)[n])
}

//go:wasmexport tell
func tell() int64 {
	sort.Strings(calls)
	text := strings.Join(calls, "; ")
	println(text) // fmt would block, which exported functions may not in JavaScript's world
	hash := fnv.New32a()
	hash.Write([]byte(text))
	return int64(hash.Sum32())
}

func init() { fmt.Println("initialized") }

func main() { serve() }
