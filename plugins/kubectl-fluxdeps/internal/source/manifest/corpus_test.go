package manifest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// corpusVariable names the folder of real repositories, one folder each.
const corpusVariable = "FLUXDEPS_CORPUS"

// TestCorpus reads real trees and our own small one, and counts what is in
// them with other means than the package's.
func TestCorpus(t *testing.T) {
	t.Run("own", func(t *testing.T) { checkTree(t, "testdata/corpus") })
	trees, err := os.ReadDir(corpusFolder(t))
	must(t, err)
	for _, tree := range trees {
		t.Run(tree.Name(), func(t *testing.T) { checkTree(t, filepath.Join(corpusFolder(t), tree.Name())) })
	}
}

// corpusFolder returns the folder of real repositories: the one named, else
// the one beside a developer's checkout.
func corpusFolder(t *testing.T) string {
	t.Helper()
	if named := os.Getenv(corpusVariable); named != "" {
		return named
	}
	beside := filepath.Join("..", "..", "..", "..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(beside); err != nil {
		t.Skipf("no corpus of real repositories: set %s to a folder that holds them", corpusVariable)
	}
	return beside
}

func checkTree(t *testing.T, tree string) {
	t.Helper()
	result := read(t, tree)
	counts := result.Counts
	t.Logf("%+v, %d warnings", counts, len(result.Warnings))
	documents, fluxDocuments := countTree(t, tree)
	// The count by lines does not see documents within a ResourceSet.
	if counts.Documents-counts.Literal != documents {
		t.Errorf("%d documents read, %d counted", counts.Documents, documents)
	}
	if found := counts.Objects + counts.Patches + counts.Duplicates - counts.Literal; found != fluxDocuments {
		t.Errorf("%d Flux documents read, %d counted", found, fluxDocuments)
	}
	if counts.Failed > 0 {
		t.Errorf("%d documents failed: %v", counts.Failed, result.Warnings)
	}
}

// countTree counts the documents of a tree, and those that by their own words
// are Flux's. It knows lines and nothing of YAML.
func countTree(t *testing.T, tree string) (documents, fluxDocuments int) {
	t.Helper()
	must(t, filepath.WalkDir(tree, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)) {
			return err
		}
		text, err := os.ReadFile(path)
		for _, document := range separator.Split(string(text), -1) {
			if comment.ReplaceAllString(document, "") == "" {
				continue
			}
			documents++
			if isFlux(document) {
				fluxDocuments++
			}
		}
		return err
	}))
	return documents, fluxDocuments
}

var (
	separator = regexp.MustCompile(`(?m)^---\s*?(#.*)?$`)
	comment   = regexp.MustCompile(`(?m)^\s*(#.*)?(\n|$)`)
	kindLine  = regexp.MustCompile(`(?m)^kind: *"?(Kustomization|HelmRelease|ResourceSet|\w+Repository|Bucket|ExternalArtifact|HelmChart)\b`)
	groupLine = regexp.MustCompile(`(?m)^apiVersion: *"?(\w+\.toolkit\.fluxcd\.io|fluxcd\.controlplane\.io)/`)
)

func isFlux(document string) bool {
	document = strings.ReplaceAll(document, "\r", "")
	return kindLine.MatchString(document) && groupLine.MatchString(document)
}
