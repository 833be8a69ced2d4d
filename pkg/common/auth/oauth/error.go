package oauth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is a request that failed.
type Error struct {
	// Host is who was asked.
	Host string
	// Status is the HTTP status; 0 when there was no answer.
	Status int
	// Code is the OAuth error code, "invalid_grant" and the like; empty when the
	// answer has none.
	Code string
	// Reason is the server's description or ours. It holds nothing that was sent.
	Reason string
	// Empty is true if the answer has no body, and so gives no reason.
	Empty bool
	// Retry reports whether the same request may succeed a little later.
	Retry bool
	// RetryAfter is how long the server asked to wait; 0 when it did not.
	RetryAfter time.Duration
	// Date is the server's clock, zero when it did not say.
	Date time.Time
	// Err is what went wrong on the way; nil when there was an answer.
	Err error
}

// Error returns what happened in one line.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Host, e.Err)
	}
	parts := []string{fmt.Sprintf("%s answered %d", e.Host, e.Status)}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	if e.Reason != "" {
		parts = append(parts, e.Reason)
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns what went wrong on the way.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the OAuth error code of an error, or empty.
func CodeOf(err error) string {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}

// retryable reports whether a failure on the way may pass. A certificate that is
// not trusted stays so, and the caller's own deadline is the end.
func retryable(err error) bool {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	return !errors.As(err, &unknown) && !errors.As(err, &host) && !errors.As(err, &invalid) &&
		!errors.As(err, &verify) && !errors.Is(err, context.Canceled)
}
