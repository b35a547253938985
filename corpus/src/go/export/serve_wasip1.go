//go:build wasip1 && go1.24

package main

// A library: the host calls what it exports.
func serve() {}
