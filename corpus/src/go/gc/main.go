// The collector under load: finalizers, maps of pointers, interior pointers, big and small objects, weak links by hand.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

type tree struct {
	left, right *tree
	label       string
	payload     []byte
}

func grow(depth int, label string) *tree {
	if depth == 0 {
		return nil
	}
	return &tree{grow(depth-1, label+"l"), grow(depth-1, label+"r"), label, make([]byte, depth*3)}
}

func (t *tree) sum() int {
	if t == nil {
		return 0
	}
	return t.left.sum() + t.right.sum() + len(t.label) + len(t.payload)
}

func finalized() int {
	var mu sync.Mutex
	count := 0
	for i := 0; i < 200; i++ {
		object := &tree{payload: make([]byte, 100)}
		runtime.SetFinalizer(object, func(t *tree) {
			mu.Lock()
			count += len(t.payload)
			mu.Unlock()
		})
	}
	for i := 0; i < 10; i++ {
		runtime.GC()
		runtime.Gosched()
	}
	mu.Lock()
	defer mu.Unlock()
	return count
}

func maps() (int, int) {
	type key struct {
		a int
		b string
	}
	m := map[key]*tree{}
	slices := map[string][]*int{}
	for i := 0; i < 40000; i++ {
		k := key{i % 5000, fmt.Sprint(i % 7)}
		if m[k] == nil {
			m[k] = &tree{label: k.b}
		}
		m[k].payload = append(m[k].payload, byte(i))
		v := i
		slices[k.b] = append(slices[k.b], &v)
		if i%9 == 0 {
			delete(m, key{(i * 31) % 5000, "3"})
		}
	}
	total := 0
	for _, pointers := range slices {
		for _, p := range pointers {
			total += *p
		}
	}
	bytes := 0
	for _, t := range m {
		bytes += len(t.payload)
	}
	return total, bytes
}

func interior() int {
	var kept []*byte
	for i := 0; i < 2000; i++ {
		block := make([]byte, 1000)
		block[i%1000] = byte(i)
		kept = append(kept, &block[i%1000])
	}
	runtime.GC()
	sum := 0
	for _, p := range kept {
		sum += int(*p)
	}
	return sum
}

func main() {
	debug.SetGCPercent(50)
	keep := grow(12, "")
	for i := 0; i < 8; i++ {
		garbage := grow(13, "g")
		fmt.Println(i, keep.sum(), garbage.sum(), len(strings.Repeat("x", i*100000)))
	}
	fmt.Println(maps())
	fmt.Println("interior", interior())
	fmt.Println("finalized all:", finalized() >= 199*100)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("collected:", stats.NumGC > 5, debug.SetGCPercent(100))
}
