package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"sigs.k8s.io/yaml"
)

// WriteYAML writes the value as YAML, by its JSON field names. Control and
// format characters are written as escapes, as WriteJSON does.
func WriteYAML(w io.Writer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	text, quoted := setAside(text)
	text, err = yaml.JSONToYAML(text)
	if err != nil {
		return err
	}
	_, err = strings.NewReplacer(quoted...).WriteString(w, string(text))
	return err
}

var jsonString = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"(?:[^"\\]|\\.)*"`) })

// setAside puts a plain word in the place of each string that has to be
// escaped, and returns the words, each with the string in YAML behind it. The
// YAML library leaves in what turns text round, and refuses other characters.
func setAside(text []byte) (plain []byte, quoted []string) {
	mark := "string"
	for bytes.Contains(text, []byte(mark)) {
		mark += "-"
	}
	plain = jsonString().ReplaceAllFunc(text, func(token []byte) []byte {
		var s string
		if json.Unmarshal(token, &s) != nil || !strings.ContainsFunc(s, unsafeInYAML) {
			return token
		}
		word := fmt.Sprintf("%s%d.", mark, len(quoted))
		quoted = append(quoted, word, quoteYAML(s))
		return []byte(`"` + word + `"`)
	})
	return plain, quoted
}

// unsafeInYAML leaves out the control characters that the library escapes.
func unsafeInYAML(r rune) bool { return !unicode.IsGraphic(r) && r != '\n' && r != '\t' }

// quoteYAML returns the string in double quotes.
func quoteYAML(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsGraphic(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return `"` + b.String() + `"`
}
