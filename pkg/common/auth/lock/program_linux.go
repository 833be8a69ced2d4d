package lock

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// program is the name that a process was started by; "" where it is not told.
func program(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	first, _, _ := bytes.Cut(line, []byte{0})
	if err != nil || len(first) == 0 {
		return ""
	}
	return filepath.Base(string(first))
}
