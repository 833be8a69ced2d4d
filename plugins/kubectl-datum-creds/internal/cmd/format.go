package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/session"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/store"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
)

// answer is a token for who asked.
type answer struct {
	asked   execcred.Request
	session session.Session
	token   store.Token
}

type writer func(io.Writer, answer) error

func formatOf(output string) (writer, error) {
	switch output {
	case "exec":
		return writeExec, nil
	case "token":
		return writeBare, nil
	case "json":
		return writeJSON, nil
	case "header":
		return writeHeader, nil
	}
	return nil, failure.Input(fmt.Errorf("--output=%q: want exec, token, json or header", output))
}

// oneOfFormats checks --output, which may be left out.
func oneOfFormats(format string, formats ...string) error {
	if format == "" || slices.Contains(formats, format) {
		return nil
	}
	return failure.Input(fmt.Errorf("--output=%q: want %s", format, strings.Join(formats, " or ")))
}

// writeExec tells the client to ask again at the token's deadline. For a token
// that is past it, because it could not be renewed, that is the next request.
func writeExec(w io.Writer, a answer) error {
	content, err := a.asked.Answer(a.token.Access, a.token.Deadline())
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// writeBare writes the token without a line end, as datumctl's helpers do.
func writeBare(w io.Writer, a answer) error {
	_, err := io.WriteString(w, a.token.Access.Reveal())
	return err
}

func writeHeader(w io.Writer, a answer) error {
	_, err := fmt.Fprintf(w, "Authorization: Bearer %s\n", a.token.Access.Reveal())
	return err
}

func writeJSON(w io.Writer, a answer) error {
	expires := ""
	if !a.token.Expires.IsZero() {
		expires = a.token.Expires.UTC().Format(time.RFC3339)
	}
	return writeIndented(w, tokenDocument{headed("Token"), a.session.Name, a.session.API, a.token.Access.Reveal(), expires})
}

func writeIndented(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
