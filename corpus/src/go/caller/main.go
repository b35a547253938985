// What programs ask of line tables: runtime.Caller, CallersFrames, FuncForPC, log with lines, inlined frames, methods, closures.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

type thing struct{}

func here(skip int) string {
	pc, file, line, ok := runtime.Caller(skip + 1)
	return fmt.Sprint(runtime.FuncForPC(pc).Name(), " ", filepath.Base(file), ":", line, " ", ok)
}

func (thing) value() string         { return here(0) }
func (*thing) pointer() string      { return here(0) }
func inlined() string               { return inlinedAgain() }
func inlinedAgain() string          { return here(1) }
func generic[T any](x T) string     { return here(0) + fmt.Sprintf(" %T", x) }
func variadic(args ...any) []string { return frames() }

//go:noinline
func frames() (out []string) {
	pcs := make([]uintptr, 20)
	all := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		frame, more := all.Next()
		if strings.HasPrefix(frame.Function, "main.") {
			out = append(out, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		}
		if !more {
			return out
		}
	}
}

func main() {
	log.SetFlags(log.Lshortfile | log.Lmsgprefix)
	log.SetOutput(os.Stdout)
	log.SetPrefix("log: ")
	log.Println("a line")
	func() { log.Printf("in a closure: %v", errors.New("e")) }()
	fmt.Println(here(0))
	fmt.Println(thing{}.value(), (&thing{}).pointer())
	f := thing.value
	fmt.Println(f(thing{}))
	fmt.Println(inlined(), generic(1), generic([]string{}))
	fmt.Println(variadic(1, "x"))
	done := make(chan []string)
	go func() {
		defer func() {
			recover()
			done <- frames()
		}()
		var m map[int]int
		m[1] = 2
	}()
	fmt.Println(<-done)
	fmt.Println(runtime.FuncForPC(0) == nil, runtime.NumGoroutine(), runtime.GOOS != "", runtime.GOARCH)
	fmt.Println(strings.Contains(string(debug.Stack()), "main.main()"))
	buffer := make([]byte, 1<<14)
	fmt.Println(strings.Count(string(buffer[:runtime.Stack(buffer, true)]), "goroutine ") >= 1)
	for i := 0; i < 20000; i++ {
		if here(0) == "" {
			fmt.Println("?")
		}
	}
	log.Fatalln("the end, with exit code 1")
}
