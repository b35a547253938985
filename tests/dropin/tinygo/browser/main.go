// JavaScript and Go that call each other: promises that goroutines wait for, and callbacks from timers.
package main

import (
	"fmt"
	"syscall/js"
	"time"
)

func await(promise js.Value) js.Value {
	result := make(chan js.Value)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any { result <- args[0]; return nil })
	defer then.Release()
	promise.Call("then", then)
	return <-result
}

func main() {
	global := js.Global()
	object := global.Get("Object").New()
	object.Set("x", 5)
	fmt.Println(object.Get("x").Int(), global.Get("Math").Call("max", 3, 9, 4).Float())
	fmt.Println(await(global.Get("Promise").Call("resolve", "later")).String())

	done, calls := make(chan int), 0
	callback := js.FuncOf(func(js.Value, []js.Value) any {
		calls++
		if calls == 3 {
			go func() { time.Sleep(time.Millisecond); done <- calls }()
		}
		return calls * 10
	})
	global.Set("callback", callback)
	for i := 0; i < 3; i++ {
		global.Call("setTimeout", callback, 1+i)
	}
	fmt.Println("called", <-done)
	fmt.Println(global.Call("eval", "callback()").Int(), global.Call("eval", "[1, 2].map(x => x * 2).join()").String())
}
