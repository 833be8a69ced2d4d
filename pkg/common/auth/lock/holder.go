package lock

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/private"
)

// pidDigits is how a process ID is written: always as long, so that a new one
// covers an older one.
const pidDigits = 20

// Sign writes into the file which process holds the lock, for the messages of
// those that wait for it. Where it cannot, they say less.
func (l *Lock) Sign() { _, _ = l.file.WriteAt(fmt.Appendf(nil, "%*d\n", pidDigits, os.Getpid()), 0) }

// Holder names the process that holds the lock of a file: its ID, and the
// program where the system tells. It is for messages only: the process may be
// gone by now.
func Holder(path string) string {
	file, _, err := private.OpenFile(path)
	if err != nil {
		return stranger
	}
	defer file.Close()
	digits := make([]byte, pidDigits)
	n, _ := file.ReadAt(digits, 0) // what is not there is no number
	pid, err := strconv.Atoi(strings.TrimSpace(string(digits[:n])))
	if err != nil || pid <= 0 {
		return stranger
	}
	if name := printable(program(pid)); name != "" {
		return fmt.Sprintf("process %d (%s)", pid, name)
	}
	return fmt.Sprintf("process %d", pid)
}

// stranger is a holder of which nothing is known.
const stranger = "another process"

// maxProgram bounds a program's name in a message.
const maxProgram = 64

// printable is a program's name without what does not belong into a message:
// any process may call itself as it likes.
func printable(name string) string {
	kept := strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, name)
	return kept[:min(len(kept), maxProgram)]
}
