package live

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// table answers as for `kubectl get`, which prints columns.
func table(w http.ResponseWriter, _ *http.Request) {
	write(w, map[string]any{
		"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": map[string]any{},
		"columnDefinitions": []any{map[string]any{"name": "Name"}},
		"rows":              []any{map[string]any{"cells": []any{"a"}}},
	})
}

// TestTable: rows for printing are no list without objects.
func TestTable(t *testing.T) {
	for _, path := range []string{kustomizations, helmReleases, resourceSets} {
		s := newServer(t)
		s.five()
		s.faults[path] = table
		if snapshot, _, err := s.read(t, Options{}); !errors.Is(err, errList) || !strings.Contains(err.Error(), "Table") {
			t.Errorf("%s: %+v, %v", path, snapshot, err)
		}
	}
	// Nor is a later page.
	s := newServer(t)
	s.five()
	s.faults[kustomizations+"?"] = table
	if snapshot, _, err := s.read(t, Options{}); !errors.Is(err, errList) {
		t.Errorf("second page: %+v, %v", snapshot, err)
	}
}

// TestNamedTable: nor is one that was asked for by its name then missing.
func TestNamedTable(t *testing.T) {
	s := newServer(t)
	s.add(kustomizations, "ns", "app", dependsOn(map[string]any{"name": "db", "namespace": "data"}))
	s.faults["/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/data/kustomizations/db"] = table
	if snapshot, _, err := s.read(t, Options{Namespace: "ns"}); !errors.Is(err, errObject) {
		t.Errorf("%+v, %v", snapshot, err)
	}
}

// TestContinueTokens: a server that gives a token again has no last page.
func TestContinueTokens(t *testing.T) {
	for name, sequence := range map[string][]string{
		"the same":     {"a"},
		"one of two":   {"a", "b"},
		"one of three": {"a", "b", "c"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			asked := 0
			page := func(w http.ResponseWriter, _ *http.Request) {
				asked++
				fmt.Fprintf(w, `{"kind": "List", "items": [{"metadata": {"name": "k%d", "namespace": "ns"}}], "metadata": {"continue": %q}}`, asked, sequence[(asked-1)%len(sequence)])
			}
			s.faults[kustomizations], s.faults[kustomizations+"?"] = page, page
			if snapshot, _, err := s.read(t, Options{}); !errors.Is(err, errRepeats) {
				t.Errorf("%+v, %v", snapshot, err)
			}
			if asked != len(sequence)+1 {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}
