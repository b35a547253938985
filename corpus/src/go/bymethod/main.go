// Methods by their index: of all that finds a method by reflection, only reflect.Value.Method.
package main

import (
	"fmt"
	"reflect"
)

type counter struct{ n int }

func (c *counter) Add()           { c.n += 2 }
func (c *counter) Double()        { c.n *= 2 }
func (c counter) Show() string    { return fmt.Sprint("shown ", c.n) }
func (c counter) Plus(n int) int  { return c.n + n }
func (c counter) unexported() int { return c.n }

type wrapper struct {
	*counter
	inner fmt.Stringer
}

func (w wrapper) Extra(words ...string) int { return len(words) + w.n }

type celsius float64

func (c celsius) Fahrenheit() float64 { return float64(c)*9/5 + 32 }

func callAll(x any) {
	v := reflect.ValueOf(x)
	for i := 0; i < v.NumMethod(); i++ {
		method := v.Method(i)
		in := make([]reflect.Value, 0, 1)
		if t := method.Type(); t.NumIn() == 1 && !t.IsVariadic() {
			in = append(in, reflect.ValueOf(40))
		}
		for _, out := range method.Call(in) {
			fmt.Print(" ", out)
		}
		fmt.Println(" ", method.Type())
	}
}

func main() {
	c := &counter{3}
	callAll(c)
	callAll(*c)
	callAll(wrapper{counter: c})
	callAll(celsius(36.6))
	bound := reflect.ValueOf(c).Method(0).Interface().(func())
	bound()
	fmt.Println(c.n)
}
