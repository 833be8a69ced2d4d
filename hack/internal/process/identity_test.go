package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// linux is what the launcher writes on Linux, with a command name that tries
// to look like the end of itself.
const linux = "0a1b-boot\n42 (a) b) S 1 42 42 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 1 0 %s 10 20\n"

func TestParseSighting(t *testing.T) {
	tests := map[string]struct {
		raw   string
		want  sighting
		fails bool
	}{
		"linux":      {strings.Replace(linux, "%s", "9876", 1), sighting{start: "0a1b-boot:9876"}, false},
		"zombie":     {strings.Replace(strings.Replace(linux, "%s", "9876", 1), ") S", ") Z", 1), sighting{start: "0a1b-boot:9876", ended: true}, false},
		"ps":         {"Fri Jan  2 03:04:05 2026\n", sighting{start: "Fri Jan  2 03:04:05 2026"}, false},
		"gone":       {"\n", sighting{}, true},
		"cut off":    {"0a1b-boot\n42 (a) S 1", sighting{}, true},
		"no bracket": {"0a1b-boot\n42", sighting{}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseSighting(tt.raw)
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("parseSighting = %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestARecordIsOfOneProcessOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "self")
	if err := Record(path, os.Getpid()); err != nil {
		t.Fatal(err)
	}
	self, err := ReadRecord(path)
	if err != nil || !self.Alive() {
		t.Fatalf("this process: %+v, %v, alive %t", self, err, self.Alive())
	}
	// The same number, given to another process by the system later.
	successor := Identity{PID: self.PID, Start: self.Start + "1"}
	if successor.Alive() {
		t.Error("another process with the same number passes for this one")
	}
	if err := successor.Kill(); err != nil {
		t.Errorf("to end what has ended already: %v", err)
	}
}

// The launcher script and this package must write the same down.
func TestReapEndsWhatALauncherStarted(t *testing.T) {
	dir := t.TempDir()
	records := filepath.Join(dir, "pids")
	if err := os.Mkdir(records, 0o700); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "it's a launcher")
	launcher := Launcher{Program: "/bin/sleep", Record: filepath.Join(records, "sleep"), Log: filepath.Join(dir, "log")}
	if err := launcher.Write(script); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(script, "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for id := (Identity{}); !id.Alive(); {
		id, _ = ReadRecord(launcher.Record)
	}
	if err := Reap(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the process ended by itself")
	}
	if left, err := Records(records); err != nil || len(left) > 0 {
		t.Errorf("records left: %v, %v", left, err)
	}
}
