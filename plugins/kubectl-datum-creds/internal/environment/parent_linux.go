package environment

import (
	"fmt"
	"io"
	"os"
)

// maxEnviron bounds what is read of another process's variables.
const maxEnviron = 8 << 20

// parentEnviron returns the variables that the calling program was started
// with, each ended by a NUL. The kernel shows them to the same user only.
func parentEnviron(pid int) ([]byte, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxEnviron))
}
