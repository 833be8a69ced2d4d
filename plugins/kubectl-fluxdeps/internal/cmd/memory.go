package cmd

import (
	"os"
	"runtime/debug"
)

// collectRarely lets the heap grow to three times what is in use, not twice,
// before it is searched for garbage: the program ends within seconds, and most
// of what it makes lives to the end. The user's GOGC goes first.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}
