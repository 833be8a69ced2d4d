package manifest

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"
)

// TestEncodings reads what editors and shells of other systems write.
func TestEncodings(t *testing.T) {
	text := "# ü 🚀\n" + object("a")
	for _, c := range []struct{ name, text string }{
		{"UTF-8", text},
		{"UTF-8 with a byte order mark", "\ufeff" + text},
		{"UTF-16, little-endian", "\xff\xfe" + inUTF16(text, binary.LittleEndian)},
		{"UTF-16, big-endian", "\xfe\xff" + inUTF16(text, binary.BigEndian)},
		{"UTF-16, cut within a character", "\xff\xfe" + inUTF16(text+"x", binary.LittleEndian)[:2*len(utf16.Encode([]rune(text)))+1]},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(c.text), 0o600))
			if got, want := show(read(t, dir), dir), "Kustomization//a a.yaml:2\nobjects=1"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func inUTF16(text string, order binary.AppendByteOrder) string {
	var encoded []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		encoded = order.AppendUint16(encoded, unit)
	}
	return string(encoded)
}

func TestWarning(t *testing.T) {
	for _, c := range []struct {
		warning Warning
		want    string
	}{
		{Warning{Text: "and 3 more"}, "and 3 more"},
		{Warning{File: "a.yaml", Text: "x"}, "a.yaml: x"},
		{Warning{File: "a.yaml", Line: 3, Text: "x"}, "a.yaml:3: x"},
	} {
		if got := c.warning.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
