package execcred

import (
	"encoding/json"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/secret"
)

// Answer returns the ExecCredential that hands a token to the client, in the
// version it asked for. The client keeps the token until expires; with the
// zero time, until the server refuses it.
func (r Request) Answer(token secret.Text, expires time.Time) ([]byte, error) {
	type spec struct {
		Interactive bool `json:"interactive"`
	}
	type status struct {
		Expires string `json:"expirationTimestamp,omitempty"`
		Token   string `json:"token"`
	}
	answer := struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Spec       spec   `json:"spec"`
		Status     status `json:"status"`
	}{r.APIVersion, "ExecCredential", spec{r.Interactive}, status{Token: token.Reveal()}}
	if !expires.IsZero() {
		answer.Status.Expires = expires.UTC().Format(time.RFC3339)
	}
	content, err := json.Marshal(answer)
	return append(content, '\n'), err
}
