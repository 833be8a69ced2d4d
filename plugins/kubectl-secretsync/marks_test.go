package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// marksTable is the guide's table of the marks of others.
func marksTable() string {
	var b strings.Builder
	b.WriteString("| label or annotation | of | counts if set by |\n|---|---|---|\n")
	for _, mark := range secret.OwnerMarks() {
		writers := "anybody"
		if mark.Weak() {
			writers = "a manager named like " + strings.Join(mark.Writers, ", ")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", mark.Key, strings.TrimSuffix(mark.Owner, ","), writers)
	}
	fmt.Fprintf(&b, "| `%s` | the tool that it names | a manager named like the value |\n| an owner reference with `controller: true` | its object | anybody |\n", secret.LabelManagedBy)
	return b.String()
}

// TestMarksInTheGuide: the guide's table is the one that is gone by.
func TestMarksInTheGuide(t *testing.T) {
	text, err := os.ReadFile("../../docs/secretsync/ownership.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), marksTable()) {
		t.Errorf("docs/secretsync/ownership.md has another table than:\n%s", marksTable())
	}
}
