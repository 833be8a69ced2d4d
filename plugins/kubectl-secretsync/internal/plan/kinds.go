package plan

// The kinds of problems. Programs may rely on the words.
const (
	KindForbidden    = "forbidden"
	KindUnauthorized = "unauthorized"
	KindUnreachable  = "unreachable"
	// KindNoHost is a server whose host name does not exist.
	KindNoHost = "no-such-host"
	// KindCertificate is a certificate, of either side, that the other rejects.
	KindCertificate  = "certificate"
	KindTimeout      = "timeout"
	KindNoNamespace  = "namespace-missing"
	KindNamespaceEnd = "namespace-terminating"
	KindQuota        = "quota"
	KindDenied       = "denied"
	KindInvalid      = "invalid"
	KindConflict     = "conflict"
	KindNotFound     = "not-found"
	KindBusy         = "busy"
	KindServer       = "server-error"
	KindNoAPI        = "not-an-api-server"
	KindConfig       = "kubeconfig"
	KindRefused      = "refused"
	KindSkipped      = "skipped"
	KindInterrupted  = "interrupted"
	KindAudit        = "audit"
)
