// Hello with fmt: what most small Go programs weigh.
package main

import "fmt"

func main() { fmt.Println("hello, world", 42, 3.5) }
