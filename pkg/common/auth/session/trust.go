package session

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/auth/execcred"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/shell"
)

// Trust says which servers may be given the tokens of a session. It is kept
// with the session and nowhere else: arguments and variables of a credential
// helper are written by whoever wrote the kubeconfig.
type Trust struct {
	Servers []Server `json:"servers"`
	// WithoutClusterInfo lets clients that do not say for which server they
	// ask (provideClusterInfo: false) have tokens all the same.
	WithoutClusterInfo bool `json:"withoutClusterInfo,omitempty"`
}

// Server is one that may be given tokens.
type Server struct {
	// Host is host[:port], in the form of Host.
	Host string `json:"host"`
	// CASHA256 is the digest of the only bundle of certificates that a
	// kubeconfig may name for the server; empty: none. Naming none, so that the
	// system's count, is always allowed.
	CASHA256 string `json:"caSHA256,omitempty"`
}

// CADigest returns the digest of a bundle of PEM certificates, of nothing for
// nothing. White space around it does not count.
func CADigest(bundle []byte) string {
	text := strings.TrimSpace(string(bundle))
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Check tells why the asker must not be given a token, nil when it may be.
// name is the session's, for the hints.
func (t Trust) Check(name string, asked execcred.Request) error {
	if !asked.Asked {
		return nil
	}
	if asked.Cluster == nil {
		return t.checkUnnamed(name)
	}
	return t.checkCluster(name, *asked.Cluster)
}

func (t Trust) checkUnnamed(name string) error {
	if t.WithoutClusterInfo {
		return nil
	}
	return failure.New(failure.Refused,
		"set provideClusterInfo: true in the kubeconfig (update-kubeconfig does), or allow it once for this session: kubectl datum-creds trust --session "+shell.Quote(name)+" --without-cluster-info",
		"session %s: the kubeconfig does not tell which server the token is for", name)
}

func (t Trust) checkCluster(name string, c execcred.Cluster) error {
	u, err := HTTPS(c.Server)
	if err != nil {
		return refuse(name, "the server is no https URL", "")
	}
	if c.InsecureSkipTLSVerify {
		return refuse(name, "the kubeconfig turns TLS verification off (insecure-skip-tls-verify)", "remove insecure-skip-tls-verify from the kubeconfig's cluster entry")
	}
	if c.TLSServerName != "" && !strings.EqualFold(c.TLSServerName, u.Hostname()) {
		return refuse(name, "the kubeconfig's tls-server-name is not the server's host", "remove tls-server-name from the kubeconfig's cluster entry")
	}
	host, ca := Host(u), CADigest(c.CAData)
	known := false
	for _, s := range t.Servers {
		// Without certificates of its own, the kubeconfig relies on the system's.
		if s.Host == host && (ca == "" || s.CASHA256 == ca) {
			return nil
		}
		known = known || s.Host == host
	}
	command := trustCommand(name, host)
	switch {
	case command == "":
		return refuse(name, "the server is not of this session, and its host is no host name", "")
	case known:
		return refuse(name, "the kubeconfig's certificate-authority-data for "+host+" is not the session's", "if the certificates are right: "+command+" --certificate-authority FILE")
	}
	return refuse(name, "the server "+host+" is not of this session", "if the server may have tokens of this session: "+command)
}

func refuse(name, why, hint string) error {
	return failure.New(failure.Refused, hint, "session %s: no token for this server: %s", name, why)
}
