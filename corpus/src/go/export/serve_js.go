//go:build js && go1.24

package main

import "syscall/js"

// A program in JavaScript's world: its exports can be called while it runs.
func serve() {
	js.Global().Call("onGoReady")
	select {}
}
