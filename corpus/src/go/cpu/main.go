// Plain work: recursion, sorting, hashing, maps, strings, JSON.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

type record struct {
	ID   int            `json:"id"`
	Name string         `json:"name"`
	Vals []float64      `json:"vals"`
	Sub  map[string]int `json:"sub"`
}

type random uint64

func (r *random) next() uint64 {
	x := uint64(*r)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = random(x)
	return x
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func sorts(r *random) {
	a := make([]int, 200000)
	for i := range a {
		a[i] = int(r.next() >> 1)
	}
	sort.Ints(a)
	fmt.Println("sort", a[0], a[len(a)/2])
	b := make([]record, 20000)
	for i := range b {
		b[i].ID = int(r.next() % 100000)
	}
	sort.Slice(b, func(i, j int) bool { return b[i].ID < b[j].ID })
	fmt.Println("sort records", b[0].ID, b[len(b)-1].ID)
}

func hashes(r *random) {
	buf := make([]byte, 1<<20)
	for i := range buf {
		buf[i] = byte(r.next())
	}
	h := sha256.New()
	for i := 0; i < 4; i++ {
		h.Write(buf)
	}
	fmt.Printf("%x\n", h.Sum(nil))
}

func maps(r *random) {
	m := map[int]int{}
	for i := 0; i < 300000; i++ {
		m[int(r.next()%50000)] += i
	}
	sum := 0
	for k, v := range m {
		sum += k ^ v
	}
	fmt.Println("map", len(m), sum)
}

func text() {
	var sb strings.Builder
	words := []string{"a", "bb", "ccc"}
	for i := 0; i < 100000; i++ {
		sb.WriteString(words[i%3])
		sb.WriteString(fmt.Sprintf("%d,", i))
	}
	s := sb.String()
	fmt.Println("text", len(s), strings.Count(s, "bb1"), len(strings.Split(s, ",")))
}

func documents() {
	in := make([]record, 2000)
	for i := range in {
		in[i] = record{i, fmt.Sprint("n", i), []float64{float64(i) * 1.5, 2.25}, map[string]int{"x": i, "y": i * 2}}
	}
	data, err := json.Marshal(in)
	if err != nil {
		panic(err)
	}
	var out []record
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err)
	}
	fmt.Println("json", len(data), len(out), out[1999].Sub["y"])
}

func main() {
	r := random(88172645463325252)
	fmt.Println("fib", fib(30))
	sorts(&r)
	hashes(&r)
	maps(&r)
	text()
	documents()
}
