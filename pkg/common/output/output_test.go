package output

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/yaml"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", "apps-1 ü 漢字 🚀", "apps-1 ü 漢字 🚀"},
		{"line breaks", "a\nb\r\n\tc", `a\nb\r\n\tc`},
		{"colours", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a bell and a backspace", "a\a\b", `a\x07\x08`},
		{"a C1 control, as good as ESC [", "a\u009b31m", `a\x9b31m`},
		{"text turned round", "a\u202egnp.exe", `a\u202egnp.exe`},
		{"text without width", "a\u200bb\ufeffc", `a\u200bb\ufeffc`},
		{"line and paragraph separators", "a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"no UTF-8", "a\xffb", "a\ufffdb"},
		{"a private character", "a\ue000", `a\ue000`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Text(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got, want := Lines("a\nb\x1b"), "a\nb"+`\x1b`; got != want {
		t.Errorf("lines: got %q, want %q", got, want)
	}
}

// FuzzText: whatever comes in, what goes out stays on its line.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a\nb", "\x1b]0;x\a", "\u202e\xff\u0085", "e\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		escaped := Text(text)
		if !utf8.ValidString(escaped) || strings.ContainsFunc(escaped, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%q became %q", text, escaped)
		}
		if Text(escaped) != escaped {
			t.Errorf("%q is escaped twice", text)
		}
		if w := Width(Cut(escaped, 10)); w > 10 {
			t.Errorf("%q cut to 10 is %d wide", escaped, w)
		}
	})
}

func TestWidth(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "ü": 1, "漢字": 4, "ｆ": 2, "🚀": 2, "├─": 2, "e\u0301": 1} {
		if got := Width(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"abcdef", 0, "abcdef"},
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"abcdef", 1, "…"},
		{"漢字漢字", 8, "漢字漢字"},
		{"漢字漢字", 7, "漢字漢…"},
		{"漢字漢字", 6, "漢字…"},
		{"", 3, ""},
	} {
		if got := Cut(c.text, c.columns); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

func TestColor(t *testing.T) {
	if got := Red.Paint("a") + Plain.Paint("b") + Red.Paint(""); got != "\x1b[31ma\x1b[0mb" {
		t.Errorf("painted: %q", got)
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for mode, want := range map[ColorMode]bool{ColorAlways: true, ColorNever: false, ColorAuto: false} {
		if got := mode.For(file); got != want {
			t.Errorf("%s into a file: %v", mode, got)
		}
	}
	t.Setenv("NO_COLOR", "1")
	if !ColorAlways.For(file) {
		t.Error("--color=always must win over NO_COLOR")
	}
	var mode ColorMode
	for text, ok := range map[string]bool{"auto": true, "always": true, "never": true, "": false, "Always": false} {
		if err := mode.Set(text); (err == nil) != ok || ok && mode.String() != text {
			t.Errorf("--color=%s: %v, %s", text, err, mode)
		}
	}
}

func TestTable(t *testing.T) {
	table := Table{
		Columns: []string{"NAME", "EMPTY", "STATE", "MESSAGE"},
		Rows: [][]Cell{
			{{Text: "apps"}, {}, {Text: "ready", Color: Green}, {Text: "Applied revision: main@sha1:0123456789abcdef in 3s"}},
			{{Lead: "└─ ", Text: "漢字"}, {}, {Text: "-"}, {}},
		},
	}
	for _, c := range []struct {
		name    string
		options TableOptions
		want    string
	}{
		// An empty column is left out, and no line ends in blanks.
		{"whole", TableOptions{}, "NAME      STATE   MESSAGE\napps      ready   Applied revision: main@sha1:0123456789abcdef in 3s\n└─ 漢字   -\n"},
		{"cut", TableOptions{Width: 60}, "NAME      STATE   MESSAGE\napps      ready   Applied revision: main@sha1:0123456789abc…\n└─ 漢字   -\n"},
		{"no room", TableOptions{Width: 50}, "NAME      STATE\napps      ready\n    Applied revision: main@sha1:0123456789abcdef\n    in 3s\n└─ 漢字   -\n"},
		{"no room at all", TableOptions{Width: 10}, "NAME      STATE\napps      ready\n    Applied revision:\n    main@sha1:0123456789abcdef in 3s\n└─ 漢字   -\n"},
		{"no headers", TableOptions{NoHeaders: true}, "apps      ready   Applied revision: main@sha1:0123456789abcdef in 3s\n└─ 漢字   -\n"},
		{"colour", TableOptions{NoHeaders: true, Color: true}, "apps      \x1b[32mready\x1b[0m   Applied revision: main@sha1:0123456789abcdef in 3s\n\x1b[90m└─ \x1b[0m漢字   -\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := table.Write(&b, c.options); err != nil || b.String() != c.want {
				t.Errorf("%v, got\n%s\nwant\n%s", err, b.String(), c.want)
			}
		})
	}
}

// FuzzDocument: JSON and YAML say the same as was put in, in characters that
// do nothing to a terminal.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{"", "a: b", "\x1b[2J", "\u202e", "\U000e0041", "\u0085\u2028", "\ufeff", "\u007f", "- |\n x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		var asJSON, asYAML bytes.Buffer
		value := map[string]string{"text": text}
		if err := WriteJSON(&asJSON, value); err != nil {
			t.Fatal(err)
		}
		if err := WriteYAML(&asYAML, value); err != nil {
			t.Fatal(err)
		}
		var fromJSON, fromYAML map[string]string
		if err := json.Unmarshal(asJSON.Bytes(), &fromJSON); err != nil || fromJSON["text"] != text {
			t.Errorf("JSON %q: %v", asJSON.String(), err)
		}
		if err := yaml.Unmarshal(asYAML.Bytes(), &fromYAML); err != nil || fromYAML["text"] != text {
			t.Errorf("YAML %q: %v", asYAML.String(), err)
		}
		for _, written := range []string{asJSON.String(), asYAML.String()} {
			if strings.ContainsFunc(written, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }) {
				t.Errorf("%q holds what a terminal acts upon", written)
			}
		}
	})
}
