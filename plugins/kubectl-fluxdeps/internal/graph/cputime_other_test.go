//go:build !unix

package graph

import (
	"testing"
	"time"
)

// cpuTime is the time that passes, where we do not ask the system for better.
func cpuTime(testing.TB) time.Duration { return time.Duration(time.Now().UnixNano()) }
