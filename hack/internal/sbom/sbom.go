// Package sbom says what a released program is made of, as CycloneDX. All of it
// comes from what the Go linker has recorded in the program, so that it is true
// of that very file, and the same for the same file.
package sbom

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"
)

// licence of the product.
const licence = "Apache-2.0"

// Write writes the bill of materials of a program called name.
func Write(w io.Writer, name string, program []byte) error {
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bill(name, info, program))
}

func bill(name string, info *debug.BuildInfo, program []byte) *cdx.BOM {
	sum := sha256.Sum256(program)
	bom := cdx.NewBOM()
	// A bill is known by its program: no chance and no clock.
	bom.SerialNumber = uuid.NewSHA1(uuid.NameSpaceOID, sum[:]).URN()
	root := module(info.Main)
	root.Type, root.Name = cdx.ComponentTypeApplication, name
	root.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	root.Licenses = &cdx.Licenses{{License: &cdx.License{ID: licence}}}
	bom.Metadata = &cdx.Metadata{Timestamp: setting(info, "vcs.time"), Component: &root, Properties: settings(info)}
	parts := []cdx.Component{standardLibrary(info.GoVersion)}
	for _, dependency := range info.Deps {
		parts = append(parts, module(*dependency))
	}
	bom.Components = &parts
	bom.Dependencies = &[]cdx.Dependency{{Ref: root.BOMRef, Dependencies: refs(parts)}}
	return bom
}

// module describes a Go module; of one that is replaced, what replaces it.
func module(m debug.Module) cdx.Component {
	if m.Replace != nil {
		return module(*m.Replace)
	}
	purl := fmt.Sprintf("pkg:golang/%s@%s", m.Path, m.Version)
	part := cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: purl, Name: m.Path, Version: m.Version, PackageURL: purl}
	if m.Sum != "" {
		// The sum that go.sum and the checksum database know: not a file's hash.
		part.Properties = &[]cdx.Property{{Name: "go:sum", Value: m.Sum}}
	}
	return part
}

// standardLibrary has the name by which vulnerability scanners know it.
func standardLibrary(version string) cdx.Component {
	return module(debug.Module{Path: "stdlib", Version: strings.TrimPrefix(version, "go")})
}

func refs(parts []cdx.Component) *[]string {
	var refs []string
	for _, part := range parts {
		refs = append(refs, part.BOMRef)
	}
	return &refs
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// settings are how the program was built, which is what building it again takes.
func settings(info *debug.BuildInfo) *[]cdx.Property {
	properties := []cdx.Property{{Name: "go:version", Value: info.GoVersion}}
	for _, s := range info.Settings {
		properties = append(properties, cdx.Property{Name: "go:build:" + s.Key, Value: s.Value})
	}
	return &properties
}
