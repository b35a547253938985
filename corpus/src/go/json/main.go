// What a small service holds: HTTP types and handlers, JSON, templates, goroutines, timers, wrapped errors.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"text/template"
	"time"
)

type item struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

func double(w http.ResponseWriter, r *http.Request) {
	var it item
	body, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(body, &it); err != nil {
		http.Error(w, err.Error(), 400)
		return
	}
	it.N *= 2
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(it)
}

func serve() {
	mux := http.NewServeMux()
	mux.HandleFunc("/api", double)
	for i := 0; i < 1500; i++ {
		body := fmt.Sprintf(`{"name":"item %d","n":%d}`, i, i)
		if i%7 == 3 {
			body = "{bad"
		}
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest("POST", "/api", strings.NewReader(body)))
		if i%300 < 4 {
			fmt.Println(rec.Code, rec.Header().Get("Content-Type"), strings.TrimSpace(rec.Body.String()))
		}
	}
}

func squares() int {
	var wg sync.WaitGroup
	ch := make(chan int)
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			ch <- i * i
		}(i)
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	sum := 0
	for v := range ch {
		sum += v
	}
	return sum
}

func main() {
	serve()
	t := template.Must(template.New("t").Parse("{{range .}}{{.Name}}={{.N}};{{end}}\n"))
	var sb strings.Builder
	if err := t.Execute(&sb, []item{{"a", 1}, {"b", 2}}); err != nil {
		panic(err)
	}
	fmt.Print(sb.String())
	sum := squares()
	select {
	case <-time.After(5 * time.Millisecond):
		fmt.Println("timer", sum)
	}
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		var a []int
		_ = a[sum]
	}()
	err := fmt.Errorf("wrap: %w", io.EOF)
	fmt.Println(errors.Is(err, io.EOF), err)
}
