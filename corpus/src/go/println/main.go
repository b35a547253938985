// The smallest program: no fmt, only the runtime.
package main

func main() { println("hello, world") }
