package secretservice

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
)

// TestABusThatFallsSilent: the context ends a call at each step of the handshake.
func TestABusThatFallsSilent(t *testing.T) {
	over := errors.New("patience is over")
	steps := [][2]string{{"\x00AUTH", "REJECTED EXTERNAL"}, {"AUTH EXTERNAL", "OK 0123456789abcdef"}, {"BEGIN", ""}}
	for answered := range steps {
		path := openDir(t) + "/bus"
		listener, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(soon(t))
		go func() {
			defer cancel(over)
			conn, err := listener.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			lines := bufio.NewReader(conn)
			for i, step := range steps[:answered+1] {
				line, err := lines.ReadString('\n')
				if err != nil || !strings.HasPrefix(line, step[0]) {
					t.Errorf("step %d: the client sends %q, %v", i, line, err)
				}
				if i < answered {
					_, _ = conn.Write([]byte(step[1] + "\r\n"))
				}
			}
		}()
		if err := calls(client(t, "unix:path="+path))["Get"](ctx); !errors.Is(err, over) {
			t.Errorf("Get from a bus that answers %d lines = %v, want the context's cause", answered, err)
		}
		_ = listener.Close()
	}
}

// TestAContextThatIsOver: nothing is dialed.
func TestAContextThatIsOver(t *testing.T) {
	over := errors.New("patience is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(over)
	for call, do := range calls(client(t, "unix:path="+openDir(t)+"/bus")) {
		if err := do(ctx); !errors.Is(err, over) {
			t.Errorf("%s = %v, want the context's cause", call, err)
		}
	}
}
