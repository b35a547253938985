// JSON, regular expressions, sorting and formatted output, in one goroutine.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
)

type item struct {
	Name string            `json:"name"`
	Size int               `json:"size"`
	Tags []string          `json:"tags,omitempty"`
	Attr map[string]string `json:"attr,omitempty"`
}

func main() {
	var text strings.Builder
	for i := 0; i < 100; i++ {
		fmt.Fprintf(&text, `,{"name":"n%d","size":%d,"tags":["a%d","b"],"attr":{"k":"v%d"}}`, i, i*i, i%3, i)
	}
	var items []item
	if err := json.Unmarshal([]byte("["+text.String()[1:]+"]"), &items); err != nil {
		fmt.Println(err)
	}
	sort.Slice(items, func(i, j int) bool { return items[i].Name > items[j].Name })
	pattern := regexp.MustCompile(`n(\d+)5|a(b+)c`)
	matched := 0
	for _, it := range items {
		matched += len(pattern.FindString(it.Name))
	}
	out, err := json.Marshal(items[:3])
	fmt.Println(matched, string(out), err)
	fmt.Println(pattern.ReplaceAllString("n15 abbbc n5 n25", "<$1$2>"))
	fmt.Printf("%8.3f|%-6s|%+v|%x\n", 3.14159, "ab", items[0], "hex")
	fmt.Println(fmt.Errorf("wrapped: %w", os.ErrNotExist))
}
