package secretservice

import (
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"unix:path=/run/user/1000/bus", "/run/user/1000/bus"},
		{"unix:path=/run/user/1000/bus,guid=0123456789abcdef", "/run/user/1000/bus"},
		{"unix:guid=0123456789abcdef,path=/run/user/1000/bus", "/run/user/1000/bus"},
		{"unix:abstract=/tmp/dbus-E1c73yNqrG,guid=0123456789abcdef", "@/tmp/dbus-E1c73yNqrG"},
		{"unix:abstract=bus", "@bus"},
		{"unix:path=/tmp/a%20b%2cc%3Bd", "/tmp/a b,c;d"},
		{"unix:path=%2ftmp%2fbus", "/tmp/bus"},
		{"unix:path=/tmp/@bus", "/tmp/@bus"},
		{"unix:abstract=%40bus", "@@bus"},
		{"unix:path=/tmp/bus,unknown,=x,tcp=1", "/tmp/bus"},
		{"unix:path=/tmp/with+plus", "/tmp/with+plus"},
		{"unix:path=/tmp/b%c3%bcs", "/tmp/b\u00fcs"},
		{"unix:path=/tmp/a=b", "/tmp/a=b"},
		{"unix:guid=%zz,path=/tmp/the-escapes-of-other-keys-do-not-count", "/tmp/the-escapes-of-other-keys-do-not-count"},
	} {
		got, err := ParseAddress(c.text)
		if err != nil || got.socket != c.want {
			t.Errorf("ParseAddress(%q) = %q, %v; want %q", c.text, got.socket, err, c.want)
		}
	}
}

// refused are addresses of all kinds that are not used, and a part of the error.
func refused() [][2]string {
	return [][2]string{
		{"", "empty"},
		{"tcp:host=127.0.0.1,port=1", `"tcp"`},
		{"nonce-tcp:host=127.0.0.1,noncefile=/x", `"nonce-tcp"`},
		{"autolaunch:", `"autolaunch"`},
		{"autolaunch:scope=*user", `"autolaunch"`},
		{"unixexec:path=/bin/sh,argv1=-c", `"unixexec"`},
		{"launchd:env=DBUS_LAUNCHD_SESSION_SOCKET", `"launchd"`},
		{"systemd:", `"systemd"`},
		{"runtime:", `"runtime"`},
		{"tmpdir:", `"tmpdir"`},
		{"UNIX:path=/tmp/bus", `"UNIX"`},
		{"%75nix:path=/tmp/bus", `"%75nix"`},
		{"disabled:", `"disabled"`},
		{"/run/user/1000/bus", "no transport"},
		{"unix", "no transport"},
		{"unix:", "neither path nor abstract"},
		{"unix:guid=0123456789abcdef", "neither path nor abstract"},
		{"unix:path", "invalid name"},
		{"unix:path=", "invalid name"},
		{"unix:abstract=", "invalid name"},
		{"unix:path=bus", "not absolute"},
		{"unix:path=./bus", "not absolute"},
		{"unix:path=@bus", "not absolute"},
		{"unix:path=%40bus", "not absolute"},
		{"unix:path=%00bus", "invalid name"},
		{"unix:path=/tmp/bus%00x", "invalid name"},
		{"unix:abstract=bus%00", "invalid name"},
		{"unix:path=/tmp/%", "%XX"},
		{"unix:path=/tmp/%zz", "%XX"},
		{"unix:path=/tmp/a,path=/tmp/b", "more than one"},
		{"unix:path=/tmp/a,abstract=b", "more than one"},
		{"unix:runtime=yes", "runtime"},
		{"unix:tmpdir=/tmp", "tmpdir"},
		{"unix:dir=/tmp", "dir"},
		{"unix:path=/tmp/bus,tmpdir=/tmp", "tmpdir"},
		{"unix:path=/tmp/a;unix:path=/tmp/b", "list"},
		{"unix:path=/tmp/a;", "list"},
		{"tcp:host=127.0.0.1,port=1;unix:path=/a", `"tcp"`},
		{";unix:path=/tmp/a", "list"},
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, row := range refused() {
		text, want := row[0], row[1]
		got, err := ParseAddress(text)
		if err == nil || got != (Address{}) || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseAddress(%q) = %q, %v; want an error with %q", text, got, err, want)
		}
	}
}

// TestErrorsShowNoMoreThanTheTransport: a value may be long, or hold what a
// terminal obeys.
func TestErrorsShowNoMoreThanTheTransport(t *testing.T) {
	for _, text := range []string{"tcp:host=secret", "unix:path=secret", "unix:path=/secret%zz", "tcp:host=secret;unix:path=/x", "secret", "unix:tmpdir=secret"} {
		if _, err := ParseAddress(text); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("ParseAddress(%q) = %v", text, err)
		}
	}
	_, err := ParseAddress("\x1b[2J" + strings.Repeat("x", 5000) + ":host=a")
	if err == nil || len(err.Error()) > 200 || strings.ContainsRune(err.Error(), 0x1b) {
		t.Errorf("the error is %q", err)
	}
}

// FuzzParseAddress: what is accepted names one local socket, and is read again
// as the same one.
func FuzzParseAddress(f *testing.F) {
	for _, row := range refused() {
		text := row[0]
		f.Add(text)
	}
	for _, text := range []string{"unix:path=/run/user/1000/bus,guid=a", "unix:abstract=%2ftmp%2fdbus-x", "unix:path=/a%20b%3b%2c%25", "unix:abstract=\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := ParseAddress(text)
		if err != nil {
			if address != (Address{}) {
				t.Fatalf("ParseAddress(%q) = %q and an error", text, address)
			}
			return
		}
		if !strings.HasPrefix(text, "unix:") || strings.Contains(text, ";") {
			t.Errorf("ParseAddress(%q) accepts another transport or a list", text)
		}
		if len(address.socket) < 1 || (address.socket[0] != '/' && address.socket[0] != '@') || address.socket == "@" || strings.ContainsRune(address.socket, 0) {
			t.Errorf("ParseAddress(%q) names the socket %q", text, address.socket)
		}
		if again, err := ParseAddress(address.String()); err != nil || again != address {
			t.Errorf("ParseAddress(%q) = %q, which is read as %q, %v", text, address, again, err)
		}
	})
}
