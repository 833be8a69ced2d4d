package linediff

import (
	"strings"
	"testing"
)

// TestNoSecretIsShown changes every line, and looks for what the lines hold.
func TestNoSecretIsShown(t *testing.T) {
	for name, text := range map[string]string{
		"lines":        "users:\n- name: a\n  user:\n    token: hidden1\n    password: \"hidden,2\"\n    client-key-data: 'hidden}3' # kept\n",
		"json":         `{"users":[{"name":"kept","user":{"token":"hidden\"1","client-key-data":"hidden2"}},{"name":"kept","user":{"password":"hidden3"}}]}`,
		"pretty json":  "{\n  \"token\" : \"hidden1\",\n  \"kept\": 1\n}\n",
		"provider":     "config:\n  client-secret: hidden1\n  id-token: hidden2\n  refresh-token: hidden3\n  access-token: hidden4\n",
		"block":        "token: |\n  hidden1\n\n  hidden2\nkept: 1\n",
		"folded":       "token: hidden1\n  hidden2\nkept: 1\n",
		"next line":    "token:\n  hidden1\nkept: 1\n",
		"flow":         "{token: \"hidden1\n  hidden2\", name: x}\n",
		"flow plain":   "{token: hidden1, kept: hidden2}\n",
		"anchor":       "x: &a hidden1\nuser: {token: *a}\nkept: 1\n",
		"anchored map": "x: &a {b: hidden1}\nuser: {token: *a}\nkept: 1\n",
		"escaped key":  "\"to\\u006ben\": hidden1\nkept: 1\n",
		"explicit":     "? token\n: hidden1\n",
		"variable":     "env:\n- name: kept\n  value: hidden1\n",
		"list":         "token:\n- hidden1\n- {a: hidden2}\nkept: 1\n",
		"comment":      "# token: hidden1\nkept: 1\n",
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			for _, c := range [][2]string{{text, ""}, {"", text}} {
				if err := Write(&out, "f", []byte(c[0]), []byte(c[1])); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(out.String(), "hidden") || !strings.Contains(out.String(), "[redacted]") {
				t.Errorf("shown:\n%s", out.String())
			}
			if strings.Contains(text, "kept") && name != "flow plain" && !strings.Contains(out.String(), "kept") {
				t.Errorf("hidden with it:\n%s", out.String())
			}
		})
	}
}

func TestTextThatIsNoYAMLIsMaskedByLine(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, "f", []byte("a: [\ntoken: hidden\n"), nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hidden") {
		t.Errorf("shown:\n%s", out.String())
	}
}
