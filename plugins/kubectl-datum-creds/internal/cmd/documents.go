package cmd

import "github.com/datum-cloud/kubectl-plugins/plugins/kubectl-datum-creds/internal/doctor"

// APIVersion is that of structured output, of which fields are only ever added.
const APIVersion = "creds.datum.net/v1alpha1"

// heading begins every document.
type heading struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

func headed(kind string) heading { return heading{APIVersion, kind} }

// tokenDocument is the output of `get-token -o json`.
type tokenDocument struct {
	heading
	// Session is the name of the session that the token is of.
	Session string `json:"session"`
	// Server is the API server that it is for.
	Server string `json:"server"`
	Token  string `json:"token"`
	// Expires is the token's end, where it has told it.
	Expires string `json:"expires,omitempty"`
}

// sessionList is the output of `sessions -o json`.
type sessionList struct {
	heading
	// Items are ordered by name.
	Items []report `json:"items"`
	// Credentials are service account keys that were used without a login, and
	// whose access tokens are kept here. Their type is key.
	Credentials []report `json:"credentials,omitempty"`
}

// sessionStatus is the output of `status -o json`.
type sessionStatus struct {
	heading
	report
}

// findings is the output of `doctor -o json`.
type findings struct {
	heading
	Items []doctor.Finding `json:"items"`
}

// Documents are the structured outputs, by kind.
func Documents() map[string]any {
	return map[string]any{"Token": tokenDocument{}, "SessionList": sessionList{}, "SessionStatus": sessionStatus{}, "Findings": findings{}}
}
