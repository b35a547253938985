// Calls by nil: value methods through nil pointers in interfaces, embedded ones, method values, nil functions, interfaces
// and maps; the messages name the methods. The last one is not recovered.
package main

import (
	"fmt"
	"reflect"
)

type inner struct{ a, b int }

func (i inner) Sum() int     { return i.a + i.b }
func (i *inner) IsNil() bool { return i == nil }

type outer struct {
	name string
	*inner
}

type summer interface{ Sum() int }

type list[T any] struct{ items []T }

func (l list[T]) Sum() int { return len(l.items) }

func try(name string, f func() any) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Printf("%s: %T %v\n", name, r, r)
		}
	}()
	fmt.Printf("%s: %v\n", name, f())
}

//go:noinline
func call(s summer) int { return s.Sum() }

func main() {
	var in *inner
	var out *outer
	var none summer
	var f func() int
	var m map[string]int
	try("pointer method", func() any { return in.IsNil() })
	try("value method", func() any { return in.Sum() })
	try("in an interface", func() any { return call(in) })
	try("embedded", func() any { return call(outer{name: "o"}) })
	try("embedded in nil", func() any { return call(out) })
	try("generic", func() any { return call((*list[string])(nil)) })
	try("method value", func() any { return in.Sum })
	try("method expression", func() any { return (*inner).Sum(in) })
	try("nil interface", func() any { return call(none) })
	try("nil function", func() any { return f() })
	try("nil map", func() any { m["a"]++; return len(m) })
	try("reflected", func() any { return reflect.ValueOf(in).MethodByName("Sum").Call(nil)[0].Int() })
	try("bound", func() any { return reflect.ValueOf(in).Method(0).Type() })
	fmt.Println(call(&inner{1, 2}), call(outer{"o", &inner{3, 4}}), call(list[int]{[]int{1}}))
	fmt.Println(call(in))
}
