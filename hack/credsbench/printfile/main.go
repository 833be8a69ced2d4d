// Command printfile prints a file: the least that a credential helper could do.
package main

import "os"

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		os.Exit(1)
	}
	if _, err := os.Stdout.Write(content); err != nil {
		os.Exit(1)
	}
}
