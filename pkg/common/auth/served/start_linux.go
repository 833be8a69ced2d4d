package served

import (
	"bytes"
	"os"
	"strconv"
)

// startOf tells a process from an earlier one with the same id: when it
// started, in ticks since boot. Empty when it is not to be known.
func startOf(pid int) string {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The program's name may hold spaces and parentheses; the rest does not.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const starttime = 19 // field 22 of proc(5), counted after the name
	if len(fields) <= starttime {
		return ""
	}
	return string(fields[starttime])
}
