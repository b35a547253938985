// Methods of types: of all that finds a method by reflection, only Method and MethodByName of reflect.Type.
package main

import (
	"fmt"
	"os"
	"reflect"
)

type point struct{ X, Y int }

func (p point) Sum() int           { return p.X + p.Y }
func (p point) Scale(by int) point { return point{p.X * by, p.Y * by} }
func (p *point) Move(dx, dy int)   { p.X += dx; p.Y += dy }
func (p point) String() string     { return fmt.Sprintf("(%d;%d)", p.X, p.Y) }

type named struct {
	point
	name string
}

func (n named) Greet(greeting string) string { return greeting + " " + n.name }

func show(x any, arguments map[string][]any) {
	t := reflect.TypeOf(x)
	for i := 0; i < t.NumMethod(); i++ {
		method := t.Method(i)
		in := []reflect.Value{reflect.ValueOf(x)}
		for _, argument := range arguments[method.Name] {
			in = append(in, reflect.ValueOf(argument))
		}
		fmt.Println(t, method.Name, method.Type, method.Index, method.Func.Call(in))
	}
}

func main() {
	arguments := map[string][]any{"Scale": {3}, "Move": {10, 20}, "Greet": {"hello"}}
	p := &point{1, 2}
	show(p, arguments)
	show(*p, arguments)
	show(named{*p, "you"}, arguments)
	show(&named{*p, "me"}, arguments)
	method, ok := reflect.TypeOf(p).MethodByName("S" + "um"[:len(os.Args[:1])+1])
	fmt.Println(ok, method.Func.Call([]reflect.Value{reflect.ValueOf(p)}))
	_, ok = reflect.TypeOf(p).MethodByName("Missing")
	fmt.Println(ok, reflect.TypeOf((*fmt.Stringer)(nil)).Elem().Method(0).Name)
}
