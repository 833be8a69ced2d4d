package dist

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/archive"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/inspect"
)

// program is what an archive has to hold.
type program struct{ name, main string }

// products maps the ids of .goreleaser.yaml to their programs, under the names
// that kubectl and the Flux CLI look for.
func products() map[string]program {
	const plugins = "github.com/datum-cloud/kubectl-plugins/plugins/"
	return map[string]program{
		"datum-creds": {"kubectl-datum_creds", plugins + "kubectl-datum-creds"},
		"fluxdeps":    {"kubectl-fluxdeps", plugins + "kubectl-fluxdeps"},
		"secretsync":  {"kubectl-secretsync", plugins + "kubectl-secretsync"},
		"flux-deps":   {"flux-deps", plugins + "kubectl-fluxdeps"},
	}
}

// Platforms are what is released, in Go's names.
func Platforms() []string {
	return []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64"}
}

// Check returns all that is wrong with what would be released.
func (d *Dist) Check() error {
	var faults []error
	missing := map[string]bool{}
	for product := range products() {
		for _, platform := range Platforms() {
			missing[product+" for "+platform] = true
		}
	}
	// Reproducible archives have one time in them: the commit's.
	var modified time.Time
	for _, a := range d.Archives {
		delete(missing, a.Product+" for "+a.OS+"/"+a.Arch)
		if err := d.checkArchive(a, &modified); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", a.Name, err))
		}
	}
	for what := range missing {
		faults = append(faults, fmt.Errorf("no archive of %s", what))
	}
	return errors.Join(faults...)
}

func (d *Dist) checkArchive(a Archive, modified *time.Time) error {
	if err := errors.Join(d.checkSum(a.Name, a.Path), d.checkSum(a.Name+".cdx.json", a.Path+".cdx.json")); err != nil {
		return err
	}
	files, err := archive.Read(a.Path)
	if err != nil {
		return err
	}
	for _, f := range files {
		if modified.IsZero() {
			*modified = f.Modified
		}
		if !f.Modified.Equal(*modified) || f.Owner != [2]int{} {
			err = errors.Join(err, fmt.Errorf("%s is of %s and user %d, want %s and 0 in all archives", f.Name, f.Modified, f.Owner[0], modified))
		}
	}
	return errors.Join(err, d.checkProgram(a))
}

// checkSum compares a file with its line in checksums.txt.
func (d *Dist) checkSum(name, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != d.Sums[name] {
		return fmt.Errorf("%s has another checksum than checksums.txt says", name)
	}
	return nil
}

func (d *Dist) checkProgram(a Archive) error {
	content, err := archive.ReadContent(a.Path)
	if err != nil {
		return err
	}
	got, want := content.Program, products()[a.Product]
	if a.OS == "windows" {
		want.name += ".exe"
	}
	if got.Name != want.name {
		return fmt.Errorf("its program is called %s, want %s", got.Name, want.name)
	}
	if err := inspect.Program(got.Data, inspect.Want{Path: want.main, OS: a.OS, Arch: a.Arch, Commit: d.Commit}); err != nil {
		return fmt.Errorf("%s %w", got.Name, err)
	}
	if err := errors.Join(checkNotices(content), checkManPages(content, want)); err != nil {
		return err
	}
	return checkBill(a, got)
}

// checkNotices wants each module that the program links in the notices.
func checkNotices(content archive.Content) error {
	info, err := buildinfo.Read(bytes.NewReader(content.Program.Data))
	if err != nil {
		return err
	}
	for _, module := range info.Deps {
		if !strings.Contains(content.Notices, "\n"+module.Path+"\n") {
			return fmt.Errorf("THIRD_PARTY_NOTICES lacks %s: make generate", module.Path)
		}
	}
	return nil
}

// checkManPages wants the pages of the program's main package.
func checkManPages(content archive.Content, want program) error {
	if page := path.Base(want.main) + ".1"; !slices.Contains(content.ManPages, page) {
		return fmt.Errorf("man page %s is not among %q", page, content.ManPages)
	}
	return nil
}

// checkBill wants a bill of materials of this very program.
func checkBill(a Archive, program archive.File) error {
	var bill struct {
		Metadata struct {
			Component struct {
				Name   string
				Hashes []struct{ Alg, Content string }
			}
		}
		Components []struct{ Purl string }
	}
	if err := readJSON(a.Path+".cdx.json", &bill); err != nil {
		return err
	}
	of, sum := bill.Metadata.Component, sha256.Sum256(program.Data)
	if of.Name != program.Name || len(of.Hashes) != 1 || of.Hashes[0].Content != hex.EncodeToString(sum[:]) {
		return errors.New("its bill of materials is of another program")
	}
	for _, part := range bill.Components {
		if strings.HasPrefix(part.Purl, "pkg:golang/stdlib@") {
			return nil
		}
	}
	return errors.New("its bill of materials lacks even Go's standard library")
}
