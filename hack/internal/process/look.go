package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
)

// look asks the system about a pid.
func look(pid int) (sighting, error) {
	raw, err := describe(pid)
	if err != nil {
		return sighting{}, err
	}
	return parseSighting(raw)
}

// describe returns the raw words of the system about a pid.
func describe(pid int) (string, error) {
	if runtime.GOOS == "linux" {
		return describeFromProc(pid)
	}
	out, err := exec.Command("ps", "-o", "lstart=", "-p", strconv.Itoa(pid)).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return "", errGone
	}
	return string(out), err
}

func describeFromProc(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", errGone
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", err
	}
	return string(boot) + string(stat), nil
}
