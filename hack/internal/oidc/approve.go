package oidc

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// maxPages bounds the pages of a login.
const maxPages = 10

// Approve goes through the provider's pages from an address on, as a user would
// who says yes to everything, and returns the text of the last one.
func (p *Provider) Approve(certificate Certificate, address, userCode string) (string, error) {
	client, err := Browser(certificate)
	if err != nil {
		return "", err
	}
	resp, err := client.Get(address) //nolint:noctx,bodyclose // a test's browser; read closes it
	for range maxPages {
		if err != nil {
			return "", err
		}
		page, at, err2 := read(resp)
		if err2 != nil {
			return "", err2
		}
		action, values := form(page)
		if action == "" {
			return page, nil
		}
		if values.Has("user_code") && values.Get("user_code") == "" {
			values.Set("user_code", userCode)
		}
		target, err2 := at.Parse(action)
		if err2 != nil {
			return "", err2
		}
		resp, err = client.PostForm(target.String(), values) //nolint:noctx,bodyclose // a test's browser; read closes it
	}
	return "", fmt.Errorf("%s: more than %d pages", address, maxPages)
}

// Browser is a web client that trusts the certificate and keeps cookies.
func Browser(certificate Certificate) (*http.Client, error) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate.PEM)
	jar, err := cookiejar.New(nil)
	return &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}, err
}

func read(resp *http.Response) (string, *url.URL, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Request.URL.Path, resp.Status)
	}
	return string(body), resp.Request.URL, err
}

// form returns where the page's form goes, and what is in it.
func form(page string) (action string, values url.Values) {
	tag := regexp.MustCompile(`<form[^>]*>`).FindString(page)
	values = url.Values{}
	for _, input := range regexp.MustCompile(`<input[^>]*>`).FindAllString(page, -1) {
		if name := attribute(input, "name"); name != "" {
			values.Set(name, attribute(input, "value"))
		}
	}
	return attribute(tag, "action"), values
}

func attribute(tag, name string) string {
	_, rest, found := strings.Cut(tag, " "+name+`="`)
	if !found {
		return ""
	}
	value, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(value)
}
