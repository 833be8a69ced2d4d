package oauth

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

const (
	// maxReason bounds a server's description in a message.
	maxReason = 200
	// maxLooked bounds how much of it is looked through.
	maxLooked = 4 << 10
	// piece is how much of a secret gives it away.
	piece = 8
)

// withheld stands for a text that holds a piece of a secret.
const withheld = "(not shown: it repeats a part of what was sent)"

// clean makes a server's text fit for a message: what was sent is taken out,
// since servers echo requests, and it is cut.
func clean(text string, sent url.Values) string {
	text = cut(text, maxLooked)
	for name, values := range sent {
		for _, v := range values {
			if len(v) >= piece && name != "grant_type" { // a word of the protocol
				text = takeOut(text, v)
			}
		}
	}
	if echoes(text, sent) {
		return withheld
	}
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxReason {
		return text
	}
	return cut(text, maxReason) + "…"
}

// takeOut takes a value out of a text, in the forms that servers put it into.
func takeOut(text, value string) string {
	quoted, _ := json.Marshal(value) // of a string, which cannot fail
	for _, form := range []string{value, url.QueryEscape(value), url.PathEscape(value), string(quoted[1 : len(quoted)-1])} {
		text = strings.ReplaceAll(text, form, "[redacted]")
	}
	return text
}

// public tells the parameters that are no secret: a piece of them may show.
func public(name string) bool {
	switch name {
	case "grant_type", "client_id", "scope", "audience", "resource", "redirect_uri", "token_type_hint",
		"subject_token_type", "requested_token_type":
		return true
	}
	return false
}

// echoes reports whether a text holds a piece of a secret that was sent, in
// whatever case and however escaped.
func echoes(text string, sent url.Values) bool {
	text = strings.ToLower(text)
	held := map[string]bool{}
	for _, form := range []string{text, unescaped(text), unescaped(strings.ReplaceAll(text, "+", " ")), strings.ReplaceAll(text, `\`, "")} {
		for i := 0; i+piece <= len(form); i++ {
			held[form[i:i+piece]] = true
		}
	}
	for name, values := range sent {
		for _, v := range values {
			if !public(name) && anyPiece(strings.ToLower(v), held) {
				return true
			}
		}
	}
	return false
}

func anyPiece(secret string, held map[string]bool) bool {
	for i := 0; i+piece <= len(secret); i++ {
		if held[secret[i:i+piece]] {
			return true
		}
	}
	return false
}

// unescaped undoes URL escapes, and leaves what is none as it is.
func unescaped(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+3 <= len(text) {
			if one, err := url.PathUnescape(text[i : i+3]); err == nil {
				out.WriteString(one)
				i += 2
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return strings.ToLower(out.String())
}

// cut shortens a text to so many bytes, without cutting a character.
func cut(text string, to int) string {
	if len(text) <= to {
		return text
	}
	for !utf8.RuneStart(text[to]) {
		to--
	}
	return text[:to]
}
