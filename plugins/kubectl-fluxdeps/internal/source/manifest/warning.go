package manifest

import (
	"fmt"
	"strings"
)

// Warning tells what could not be read, or not as it stands, and why. It quotes
// nothing of a file but names of objects and fields. These, and the name of the
// file, may hold any character: whoever prints it escapes it.
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
		return w.File + ": " + w.Text
	default:
		return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Text)
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
func patches() topic    { return topic{3, "documents that are taken for patches"} }
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
		w.list = append(w.list, Warning{File: file, Line: line, Text: short(text)})
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

// short cuts a text that quotes too much.
func short(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}
