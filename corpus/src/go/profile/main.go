// A program that starts the execution tracer and the profilers: nothing of them may be taken out.
package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"runtime/trace"
	"strings"
)

func busy(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += len(strings.Repeat("x", i%100))
	}
	return sum
}

func main() {
	var events, cpu, heap bytes.Buffer
	fmt.Println("trace", trace.Start(&events))
	fmt.Println("profile", pprof.StartCPUProfile(&cpu))
	trace.WithRegion(context.Background(), "region", func() { fmt.Println(busy(50000)) })
	done := make(chan bool)
	go func() { trace.Log(context.Background(), "category", "message"); close(done) }()
	<-done
	pprof.StopCPUProfile()
	trace.Stop()
	runtime.GC()
	fmt.Println("heap", pprof.Lookup("heap").WriteTo(&heap, 0))
	fmt.Println(strings.HasPrefix(events.String(), "go 1."), strings.Contains(events.String(), "region"), cpu.Len() > 0, heap.Len() > 0)
	var text strings.Builder
	fmt.Println(pprof.Lookup("goroutine").WriteTo(&text, 1), strings.Contains(text.String(), "main.main"))
	samples := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples)
	fmt.Println(samples[0].Value.Kind() != metrics.KindBad, len(metrics.All()) > 10)
}
