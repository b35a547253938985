// Methods by names that are put together when the program runs: of all that finds a method by reflection, only
// reflect.Value.MethodByName.
package main

import (
	"fmt"
	"reflect"
	"strings"
)

type service struct{ log []string }

func (s *service) HandleOpen(path string) error  { s.log = append(s.log, "open "+path); return nil }
func (s *service) HandleClose(path string) error { return fmt.Errorf("%s is not open", path) }
func (s service) HandleCount(prefix string) int {
	n := 0
	for _, line := range s.log {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

type extended struct{ service }

func (e extended) HandleTitle(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func dispatch(target any, command, argument string) {
	name := "Handle" + strings.ToUpper(command[:1]) + command[1:]
	method := reflect.ValueOf(target).MethodByName(name)
	if !method.IsValid() {
		fmt.Println(name, "is not there")
		return
	}
	fmt.Println(name, method.Call([]reflect.Value{reflect.ValueOf(argument)}))
}

func main() {
	for _, target := range []any{&service{}, service{}, &extended{}, extended{}, struct{ *service }{&service{}}} {
		for _, line := range strings.Split("open a|open b|close a|count open|title word|nothing", "|") {
			command, argument, _ := strings.Cut(line+" ", " ")
			dispatch(target, command, strings.TrimSpace(argument))
		}
	}
}
