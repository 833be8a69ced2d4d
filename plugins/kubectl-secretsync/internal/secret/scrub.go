package secret

import (
	"encoding/base64"
	"strings"
	"sync"
)

// minScrubbed is the length from which values are looked for in messages: a
// shorter one is in any text by chance.
const minScrubbed = 4

// maxMessage is how much of a server's message is shown, in bytes.
const maxMessage = 2000

// Scrubber takes values out of messages that others wrote: an admission webhook
// may quote the object that it denies.
type Scrubber struct {
	mu    sync.RWMutex
	words []string
}

// Add makes the values known.
func (s *Scrubber) Add(data map[string]Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range data {
		text := string(value.raw)
		for _, form := range []string{
			text, strings.TrimSpace(text), quoted(text),
			base64.StdEncoding.EncodeToString(value.raw), base64.RawStdEncoding.EncodeToString(value.raw),
			base64.URLEncoding.EncodeToString(value.raw),
		} {
			if len(form) >= minScrubbed && len(form) <= 4*maxMessage {
				s.words = append(s.words, form, redacted)
			}
		}
	}
}

// quoted is the text as JSON and Go write it within quotes.
func quoted(text string) string {
	return strings.NewReplacer("\\", `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text)
}

// Clean returns the text without values, cut to a readable length.
func (s *Scrubber) Clean(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	text = strings.NewReplacer(s.words...).Replace(text)
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
