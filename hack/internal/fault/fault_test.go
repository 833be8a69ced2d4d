package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	hinted := New(Usage, "go run ./hack/devcluster up", "cluster %q is unknown", "x")
	tests := map[string]struct {
		err  error
		code int
		text string
	}{
		"nothing":     {nil, 0, ""},
		"plain":       {errors.New("boom"), Unable, "error: boom\n"},
		"hint":        {hinted, Usage, "error: cluster \"x\" is unknown\nhint: go run ./hack/devcluster up\n"},
		"wrapped":     {fmt.Errorf("up: %w", hinted), Usage, "error: up: cluster \"x\" is unknown\nhint: go run ./hack/devcluster up\n"},
		"interrupted": {fmt.Errorf("build: %w", context.Canceled), Interrupted, "error: build: context canceled\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if got := Report(&out, tt.err); got != tt.code || out.String() != tt.text {
				t.Errorf("Report = %d %q, want %d %q", got, out.String(), tt.code, tt.text)
			}
		})
	}
}
