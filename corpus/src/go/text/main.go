// Text: templates, regular expressions, strconv, unicode, bufio, tabwriter, CSV, XML, base64, compression.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
)

type row struct {
	Name  string   `xml:"name,attr"`
	Price float64  `xml:"price"`
	Notes []string `xml:"notes>note"`
}

const page = `<ul>{{range $i, $r := .Rows}}{{if lt $i 3}}<li title="{{$r.Name}}" onclick="f({{$r.Notes}})">{{printf "%.2f" $r.Price}} {{$r.Name | upper}}{{else}}{{end}}{{end}}</ul>{{template "foot" .}}{{define "foot"}}<a href="/?q={{.Query}}">{{.Query}}</a>{{end}}
`

func rows(n int) (out []row) {
	for i := 0; i < n; i++ {
		out = append(out, row{fmt.Sprintf("item <%d> & %s", i, strings.Repeat("é", i%4)), float64(i*i) / 7, []string{"a\"b", strconv.Itoa(i)}})
	}
	return out
}

func render(all []row) {
	t := template.Must(template.New("page").Funcs(template.FuncMap{"upper": strings.ToUpper}).Parse(page))
	for i := 0; i < 20; i++ {
		var out bytes.Buffer
		err := t.Execute(&out, map[string]any{"Rows": all, "Query": "a b&c=<script>"})
		if i == 0 {
			fmt.Print(out.String(), err, "\n")
		}
	}
	_, err := template.New("bad").Parse("{{range}}")
	fmt.Println(err)
}

func match() {
	source := strings.Repeat("2026-11-23 error: disk /dev/sda1 at 93.5% (user@example.org)\n", 400)
	for _, pattern := range []string{`(\d{4})-(\d\d)-(\d\d)`, `(?i)[a-z]+@[a-z.]+`, `\b\w+:\s`, `(?P<n>\d+\.\d)%`, `(a|b)*c|[^\x00-\x7f]`} {
		re := regexp.MustCompile(pattern)
		fmt.Println(pattern, len(re.FindAllString(source, -1)), re.ReplaceAllString(source[:62], "<$1>"), re.FindStringSubmatchIndex(source))
	}
	_, err := regexp.Compile(`a(b`)
	fmt.Println(err)
}

func numbers() {
	for _, s := range []string{"1e-400", "0x1p-2", "12345678901234567890", "-0", "nan", "1_000", "٣", ""} {
		f, err1 := strconv.ParseFloat(s, 64)
		i, err2 := strconv.ParseInt(s, 0, 32)
		fmt.Println(strconv.Quote(s), f, err1, i, err2)
	}
	for _, f := range []float64{0.1, 1e21, 123456789, 5e-324, 1.0 / 3} {
		fmt.Println(strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(f, 'e', 5, 32), strconv.FormatFloat(f, 'b', -1, 64), f)
	}
}

func encodings(all []row) {
	doc, err := xml.MarshalIndent(struct {
		XMLName xml.Name `xml:"rows"`
		Row     []row
	}{Row: all[:3]}, "", "  ")
	fmt.Println(string(doc), err)
	var back struct{ Row []row }
	fmt.Println(xml.Unmarshal(doc, &back), len(back.Row), back.Row[2].Notes)
	var table strings.Builder
	w := csv.NewWriter(&table)
	for _, r := range all[:4] {
		w.Write([]string{r.Name, strconv.FormatFloat(r.Price, 'f', 3, 64), strings.Join(r.Notes, "\n")})
	}
	w.Flush()
	read, err := csv.NewReader(strings.NewReader(table.String())).ReadAll()
	fmt.Println(len(read), read[1], err)
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, 9)
	for i := 0; i < 300; i++ {
		z.Write(doc)
	}
	z.Close()
	unpacked, err := gzip.NewReader(&packed)
	plain, _ := io.ReadAll(unpacked)
	fmt.Println(len(plain), err, base64.URLEncoding.EncodeToString(plain[:30]))
}

func main() {
	all := rows(50)
	render(all)
	match()
	numbers()
	encodings(all)
	tw := tabwriter.NewWriter(os.Stdout, 0, 8, 2, '.', tabwriter.AlignRight|tabwriter.Debug)
	fmt.Fprintf(tw, "a\tbbb\tc\nlonger\tx\t%v\n", unicode.Is(unicode.Greek, 'λ'))
	tw.Flush()
	scanner := bufio.NewScanner(strings.NewReader("one two\nthree"))
	scanner.Split(bufio.ScanWords)
	for scanner.Scan() {
		fmt.Println(scanner.Text(), strings.Title(scanner.Text()), strings.Map(unicode.ToUpper, scanner.Text()))
	}
}
