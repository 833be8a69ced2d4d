package secret

import (
	"encoding/base64"
	"strings"
	"sync"
)

const (
	// minScrubbed is the length from which values are looked for in messages: a
	// shorter one is in any text by chance.
	minScrubbed = 4
	// maxScrubbed is how much of a value is looked for. No answer that is longer
	// is read.
	maxScrubbed = 64 << 10
	// piece is the length of the pieces of a value that are looked for too, as
	// a message may quote only its beginning.
	piece = 24
	// minLine is the length from which its lines are.
	minLine = 8
	// maxMessage is how much of a server's message is shown, in bytes.
	maxMessage = 2000
)

// Scrubber takes values out of messages that others wrote: an admission webhook
// may quote the object that it denies, or a part of it.
type Scrubber struct {
	mu    sync.Mutex
	words []string
	// replacer is of the words, made when it is first needed.
	replacer *strings.Replacer
}

// Add makes the values known.
func (s *Scrubber) Add(data map[string]Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replacer = nil
	for _, value := range data {
		for _, form := range forms(value.raw) {
			s.add(form)
		}
	}
}

// forms are the ways in which a message may hold a value.
func forms(raw []byte) []string {
	raw = raw[:min(len(raw), maxScrubbed)]
	text := string(raw)
	all := []string{
		text, strings.TrimSpace(text), quoted(text),
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw),
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) >= minLine && len(line) < len(text) {
			all = append(all, line)
		}
	}
	return all
}

// add adds a form, and its pieces.
func (s *Scrubber) add(form string) {
	if len(form) < minScrubbed {
		return
	}
	s.words = append(s.words, form, redacted)
	for at := 0; at+piece < len(form); at += piece {
		s.words = append(s.words, form[at:at+piece], redacted)
	}
}

// quoted is the text as JSON and Go write it within quotes.
func quoted(text string) string {
	return strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text)
}

// replace puts [redacted] in the place of values.
func (s *Scrubber) replace(text string) string {
	s.mu.Lock()
	if s.replacer == nil {
		s.replacer = strings.NewReplacer(s.words...)
	}
	replacer := s.replacer
	s.mu.Unlock()
	return replacer.Replace(text)
}

// Finds reports whether the text holds a value.
func (s *Scrubber) Finds(text string) bool { return s.replace(text) != text }

// Clean returns the text without values, cut to a readable length.
func (s *Scrubber) Clean(text string) string {
	text = s.replace(text)
	for strings.Contains(text, redacted+redacted) {
		text = strings.ReplaceAll(text, redacted+redacted, redacted)
	}
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
