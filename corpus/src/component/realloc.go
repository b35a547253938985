// What the preview 1 adapter calls to get memory. TinyGo 0.33 has it for wasip2 alone.
package main

import "unsafe"

var kept [][]uintptr

//export cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, align, size uintptr) unsafe.Pointer {
	block := make([]uintptr, size/unsafe.Sizeof(size)+1)
	kept = append(kept, block)
	return unsafe.Pointer(&block[0])
}
