package manifest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Warning tells what could not be read, or not as it stands, and why. Its Text
// is printable and quotes nothing of a file but names of objects and fields.
// File is as it was named or found, so it may hold any character.
type Warning struct {
	// File is empty where the warning is about more than one.
	File string
	// Line is 0 where the warning is about the whole file.
	Line int
	Text string
}

// String returns file:line: text, without the parts that are not set.
func (w Warning) String() string {
	switch {
	case w.File == "":
		return w.Text
	case w.Line == 0:
		return printable(w.File) + ": " + w.Text
	default:
		return fmt.Sprintf("%s:%d: %s", printable(w.File), w.Line, w.Text)
	}
}

// topic is what a warning is about. Of each topic only the first few warnings
// are kept, so that one odd folder does not bury the rest.
type topic struct {
	most int
	// more completes "and N more …" for those that were not kept.
	more string
}

func unreadable() topic { return topic{20, "files or folders that could not be read"} }
func links() topic      { return topic{3, "symbolic links that were not followed"} }
func broken() topic     { return topic{10, "documents that could not be read"} }
func templates() topic  { return topic{3, "documents or files that look like templates"} }
func fields() topic     { return topic{10, "documents with a field of the wrong type or without a name"} }
func notObjects() topic { return topic{3, "documents that are no object"} }
func duplicates() topic { return topic{3, "objects that were read before: the first stays"} }

// warnings collects the warnings of one Read.
type warnings struct {
	list []Warning
	left []leftOut
}

type leftOut struct {
	topic topic
	seen  int
}

func (w *warnings) add(about topic, file string, line int, text string) {
	if w.count(about) <= about.most {
		w.list = append(w.list, Warning{File: file, Line: line, Text: printable(text)})
	}
}

// count counts one more of the topic.
func (w *warnings) count(about topic) int {
	for i := range w.left {
		if w.left[i].topic == about {
			w.left[i].seen++
			return w.left[i].seen
		}
	}
	w.left = append(w.left, leftOut{topic: about, seen: 1})
	return 1
}

// all returns the warnings with one for the rest of each topic behind them.
func (w *warnings) all() []Warning {
	list := w.list
	for _, left := range w.left {
		if more := left.seen - left.topic.most; more > 0 {
			list = append(list, Warning{Text: fmt.Sprintf("and %d more %s", more, left.topic.more)})
		}
	}
	return list
}

// maxText keeps a name of a megabyte out of a warning.
const maxText = 1000

// printable escapes what could move the cursor or end the line, and cuts.
func printable(text string) string {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	if clean(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func clean(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) < 0
}
