package linediff

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
)

// comment matches a comment, and within quotes what looks like one.
var comment = regexp.MustCompile(`(?:^|\s)#.*`)

// serverField matches the beginning of a field that holds a URL, perhaps
// without a scheme.
var serverField = regexp.MustCompile(`(?i)(?:server|proxy-url)["']?\s*:`)

// withoutURLs takes user info, queries and fragments of URLs out of lines, which
// are those of a kubeconfig without its secrets. all are its nodes, none where it
// cannot be parsed.
func withoutURLs(lines []string, all []node) {
	for i, n := range all {
		if n.Kind != yaml.ScalarNode {
			continue
		}
		if shown := shownValue(n); shown != n.Value {
			hide(lines[n.Line-1:max(endOf(lines, all, i), n.Line)], n.Value, shown)
		}
	}
	for i, line := range lines {
		if i >= firstDocument(lines) || len(all) == 0 {
			lines[i] = cut(line)
			continue
		}
		lines[i] = comment.ReplaceAllStringFunc(address.Redact(line), cut)
	}
}

// shownValue returns what may be shown of a scalar.
func shownValue(n node) string {
	if n.key == "server" || n.key == "proxy-url" {
		return address.Parse(n.Value).String()
	}
	return address.Redact(n.Value)
}

// hide replaces a value in the lines that hold it. Where it is escaped or goes
// over several lines, none of them is shown.
func hide(lines []string, value, shown string) {
	if strings.Contains(lines[0], value) {
		lines[0] = strings.ReplaceAll(lines[0], value, shown)
		return
	}
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			lines[i] = indentOf(line) + redacted
		}
	}
}

// firstDocument returns the number of lines of the first document: no other is
// parsed.
func firstDocument(lines []string) int {
	for i, line := range lines {
		if i > 0 && (strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")) {
			return i
		}
	}
	return len(lines)
}

// cut takes a URL with user info, a query or a fragment out of a text that is
// not parsed, together with all that follows: where it ends is not known.
func cut(text string) string {
	at := strings.Index(text, "://") + len("://")
	if field := serverField.FindStringIndex(text); field != nil && (at < len("://") || field[1] < at) {
		at = field[1]
	}
	if at < len("://") || !strings.ContainsAny(text[at:], "@?#") {
		return text
	}
	return text[:at] + redacted
}
