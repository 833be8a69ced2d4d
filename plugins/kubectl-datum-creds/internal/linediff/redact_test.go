package linediff

import (
	"strings"
	"testing"
)

// TestNoSecretIsShown changes every line, and looks for what the lines hold.
func TestNoSecretIsShown(t *testing.T) {
	for name, text := range map[string]string{
		"lines":           "users:\n- name: a\n  user:\n    token: hidden1\n    password: \"hidden,2\"\n    client-key-data: 'hidden}3' # kept\n",
		"json":            `{"users":[{"name":"kept","user":{"token":"hidden\"1","client-key-data":"hidden2"}},{"name":"kept","user":{"password":"hidden3"}}]}`,
		"pretty json":     "{\n  \"token\" : \"hidden1\",\n  \"kept\": 1\n}\n",
		"provider":        "config:\n  client-secret: hidden1\n  id-token: hidden2\n  refresh-token: hidden3\n  access-token: hidden4\n",
		"block":           "token: |\n  hidden1\n\n  hidden2\nkept: 1\n",
		"folded":          "token: hidden1\n  hidden2\nkept: 1\n",
		"next line":       "token:\n  hidden1\nkept: 1\n",
		"flow":            "{token: \"hidden1\n  hidden2\", name: x}\n",
		"flow plain":      "{token: hidden1, kept: hidden2}\n",
		"anchor":          "x: &a hidden1\nuser: {token: *a}\nkept: 1\n",
		"anchored map":    "x: &a {b: hidden1}\nuser: {token: *a}\nkept: 1\n",
		"escaped key":     "\"to\\u006ben\": hidden1\nkept: 1\n",
		"explicit":        "? token\n: hidden1\n",
		"variable":        "env:\n- name: kept\n  value: hidden1\n",
		"list":            "token:\n- hidden1\n- {a: hidden2}\nkept: 1\n",
		"comment":         "# token: hidden1\nkept: 1\n",
		"server":          "clusters:\n- name: kept\n  cluster:\n    server: https://hidden:hidden@kept.test:1/p?hidden#hidden # kept\n    proxy-url: \"http://hidden:hidden@kept\"\n    token: x\n",
		"flow server":     "{server: 'https://hidden:hidden@kept', proxy-url: hidden:hidden@kept, token: zz}\n",
		"json server":     `{"clusters":[{"name":"kept","cluster":{"server":"https://hidden:hidden@kept"}}],"users":[{"user":{"token":"x"}}],"who":"jane@kept"}` + "\n",
		"escaped server":  "server: \"https:\\u002f\\u002fhidden:hidden@x\"\nkept: 1\n",
		"folded server":   "server: https://hidden:hid\n  hidden@x\nkept: 1\n",
		"block server":    "server: |\n  https://hidden:hidden@x\nkept: 1\n",
		"odd server":      "server: https://u:a,hidden@x\nproxy-url: 'http://u: hidden@x'\nname: kept\ntoken: x\n",
		"broken server":   "server: https://u:hidden@x:bad\nname: kept\ntoken: x\n",
		"any field":       "args:\n- --proxy=http://hidden:hidden@kept\n- token: x\n",
		"comment server":  "# server: https://u:a b hidden@x\nkept: 1 # https://u:hidden@x\ntoken: x\n",
		"second document": "kept: 1\ntoken: x\n---\nserver: u:hidden@x\nproxy-url: https://u:a hidden@x\n",
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
	if err := Write(&out, "f", []byte("a: [\ntoken: hidden\nserver: https://u:a hidden@x\nproxy-url: u:hidden@x\n"), nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hidden") {
		t.Errorf("shown:\n%s", out.String())
	}
}
