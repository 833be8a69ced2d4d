package sbom_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/sbom"
)

// releaser is the program that writes bills: it links what one has to name.
func releaser(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "release")
	if said, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../../release").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestABillNamesWhatIsLinked(t *testing.T) {
	program := releaser(t)
	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if err := sbom.Write(to, "kubectl-tool", program); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Error("the same program has two bills")
	}
	var bill cdx.BOM
	if err := cdx.NewBOMDecoder(&first, cdx.BOMFileFormatJSON).Decode(&bill); err != nil {
		t.Fatal(err)
	}
	if bill.Metadata.Component.Name != "kubectl-tool" || !strings.HasPrefix(bill.SerialNumber, "urn:uuid:") {
		t.Errorf("%+v", bill.Metadata.Component)
	}
	versions := map[string]string{}
	for _, part := range *bill.Components {
		versions[part.Name] = part.Version
	}
	if !strings.HasPrefix(versions["stdlib"], "1.") || !strings.HasPrefix(versions["github.com/CycloneDX/cyclonedx-go"], "v0.") {
		t.Errorf("parts: %v", versions)
	}
}

func TestWhatIsNoProgramHasNoBill(t *testing.T) {
	var out bytes.Buffer
	if err := sbom.Write(&out, "script", []byte("#!/bin/sh\n")); err == nil || out.Len() > 0 {
		t.Errorf("err %v, wrote %q", err, out.String())
	}
}
