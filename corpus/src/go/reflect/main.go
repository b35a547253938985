// Reflection: fields, tags, methods by name, calls, made functions, types and values; JSON of many shapes; deep equality.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"
)

type base struct {
	ID int `json:"id" check:"min=1"`
}

func (b base) Describe(prefix string) string { return fmt.Sprintf("%s#%d", prefix, b.ID) }
func (b *base) Reset()                       { b.ID = 0 }

type animal struct {
	base
	Name   string         `json:"name,omitempty"`
	Legs   *int           `json:"legs"`
	Tags   []string       `json:"tags"`
	Extra  map[string]any `json:"extra,omitempty"`
	Born   time.Time      `json:"born"`
	Nested [2]struct{ X, Y float32 }
	hidden bool
	Fn     func(int) string `json:"-"`
}

func (a animal) Speak() string                 { return a.Name + "!" }
func (a animal) Add(x, y int, more ...int) int { return x + y + len(more) }
func (a animal) MarshalText() ([]byte, error)  { return []byte("<" + a.Name + ">"), nil }

type celsius float64

func (c celsius) MarshalJSON() ([]byte, error) {
	return []byte(fmt.Sprintf(`"%.1fC"`, float64(c))), nil
}
func (c *celsius) UnmarshalJSON(b []byte) error {
	_, err := fmt.Sscanf(strings.Trim(string(b), `"`), "%f", (*float64)(c))
	return err
}

func describe(t reflect.Type, depth int) string {
	out := t.Kind().String() + " " + t.String()
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField() && depth > 0; i++ {
			f := t.Field(i)
			out += fmt.Sprintf("; %s %q %v %d {%s}", f.Name, f.Tag.Get("json"), f.Anonymous, f.Offset, describe(f.Type, depth-1))
		}
	case reflect.Map:
		out += " " + describe(t.Key(), depth-1) + " " + describe(t.Elem(), depth-1)
	case reflect.Slice, reflect.Array, reflect.Ptr, reflect.Chan:
		out += " " + describe(t.Elem(), depth-1)
	}
	for i := 0; i < t.NumMethod(); i++ {
		out += fmt.Sprint(" .", t.Method(i).Name, t.Method(i).Type)
	}
	return out
}

func calls(v reflect.Value) {
	for i := 0; i < v.NumMethod(); i++ {
		method := v.Type().Method(i)
		if method.Type.NumIn() == 1 {
			fmt.Println(method.Name, v.Method(i).Call(nil)[0])
		}
	}
	fmt.Println(v.MethodByName("Describe").Call([]reflect.Value{reflect.ValueOf("by name")})[0])
	fmt.Println(v.MethodByName("Add").Call([]reflect.Value{reflect.ValueOf(1), reflect.ValueOf(2), reflect.ValueOf(3), reflect.ValueOf(4)})[0].Int())
	fmt.Println(v.MethodByName("NoSuch").IsValid())
}

func made() {
	swap := reflect.MakeFunc(reflect.TypeOf(func(int, string) (string, int) { return "", 0 }), func(in []reflect.Value) []reflect.Value { return []reflect.Value{in[1], in[0]} }).Interface().(func(int, string) (string, int))
	fmt.Println(swap(7, "seven"))
	t := reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeOf(0), Tag: `json:"a"`}, {Name: "B", Type: reflect.SliceOf(reflect.TypeOf(""))}})
	v := reflect.New(t).Elem()
	v.Field(0).SetInt(3)
	v.Field(1).Set(reflect.Append(v.Field(1), reflect.ValueOf("x")))
	data, err := json.Marshal(v.Interface())
	fmt.Println(string(data), err)
	m := reflect.MakeMap(reflect.MapOf(reflect.TypeOf(""), reflect.TypeOf(1.5)))
	m.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(2.5))
	fmt.Println(m.Interface(), reflect.Zero(t), reflect.ChanOf(reflect.BothDir, t).String())
	ch := reflect.MakeChan(reflect.TypeOf(make(chan int)), 1)
	ch.Send(reflect.ValueOf(5))
	chosen, got, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: ch}, {Dir: reflect.SelectDefault}})
	fmt.Println(chosen, got, ok)
}

func main() {
	legs := 4
	a := animal{base: base{9}, Name: "Rex", Legs: &legs, Tags: []string{"a", "b"}, Extra: map[string]any{"z": 1.5, "a": []any{nil, true}}, Born: time.Unix(1e9, 0).UTC()}
	fmt.Println(describe(reflect.TypeOf(a), 3))
	fmt.Println(describe(reflect.TypeOf(map[celsius][]chan *error{}), 3))
	calls(reflect.ValueOf(a))
	made()
	fmt.Printf("%v|%+v|%T|%#v\n", a.base, a.Nested, a, a.Tags)
	type plain animal
	data, err := json.MarshalIndent(map[string]any{"plain": plain(a), "temperatures": []celsius{1.25, -40}, "text": a, "keys": map[int]string{2: "b", 1: "a"}, "html": "<&>\u2028"}, "", " ")
	fmt.Println(string(data), err)
	var back struct {
		Plain        plain
		Temperatures []celsius
		Keys         map[int]string
		Rest         json.RawMessage `json:"html"`
	}
	fmt.Println(json.Unmarshal(data, &back), back.Plain.Name, *back.Plain.Legs, back.Temperatures, back.Keys, string(back.Rest))
	for _, bad := range []string{`{"plain":{"id":"x"}}`, `[1,2`, `{"keys":{"x":"y"}}`, `{"temperatures":[true]}`, `nul`} {
		fmt.Println(json.Unmarshal([]byte(bad), &back))
	}
	fmt.Println(reflect.DeepEqual(a.Extra, map[string]any{"a": []any{nil, true}, "z": 1.5}), reflect.DeepEqual(a, animal{}))
	sum := 0
	for i := 0; i < 3000; i++ {
		v := reflect.ValueOf(&a).Elem()
		v.FieldByName("Name").SetString(fmt.Sprint("n", i))
		sum += v.NumField() + len(v.MethodByName("Speak").Call(nil)[0].String())
	}
	fmt.Println("sum", sum)
	defer func() { fmt.Println(recover()) }()
	keys := reflect.ValueOf(a.Extra).MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	fmt.Println(keys)
	reflect.ValueOf(a).FieldByName("hidden").SetBool(true)
}
