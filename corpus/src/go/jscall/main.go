//go:build js

// Calls across the border: functions that JavaScript calls back, values both ways, promises, and `select {}`.
package main

import (
	"fmt"
	"strings"
	"syscall/js"
)

var log []string

func work(this js.Value, args []js.Value) any {
	i, text, list := args[0].Int(), args[1].String(), args[2]
	sum := 0
	for k := 0; k < list.Length(); k++ {
		sum += list.Index(k).Int() * i
	}
	object := js.Global().Get("Object").New()
	object.Set("sum", sum)
	object.Set("text", strings.ToUpper(text))
	object.Set("kinds", fmt.Sprint(args[0].Type(), args[1].Type(), list.Type(), object.InstanceOf(js.Global().Get("Object"))))
	object.Set("later", js.Global().Get("Promise").New(js.FuncOf(func(this js.Value, resolve []js.Value) any {
		go func() { resolve[0].Invoke(i + len(log)) }()
		return nil
	})))
	if i%100 == 99 {
		log = append(log, caught(list))
	}
	return object
}

// Every way a call into JavaScript goes wrong, as Go sees it.
func caught(list js.Value) (said string) {
	defer func() { said = fmt.Sprint(recover()) }()
	list.Index(0).Call("noSuchMethod")
	return "not reached"
}

func bytes(this js.Value, args []js.Value) any {
	in := make([]byte, args[0].Length())
	js.CopyBytesToGo(in, args[0])
	for i := range in {
		in[i] ^= byte(i)
	}
	js.CopyBytesToJS(args[0], in)
	return len(in)
}

func main() {
	js.Global().Call("onGoReady", js.FuncOf(work), js.FuncOf(bytes), js.FuncOf(func(js.Value, []js.Value) any { return strings.Join(log, "; ") }))
	select {}
}
