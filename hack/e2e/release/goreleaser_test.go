package release_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
)

// goreleaser has what a snapshot does not do: it signs, pushes and drafts nothing.
type goreleaser struct {
	Signs    []sign
	Dockers  []dockers `json:"dockers_v2"`
	Checksum struct {
		Name string `json:"name_template"`
	}
	Release struct {
		Draft       bool
		Replace     bool `json:"replace_existing_artifacts"`
		UseExisting bool `json:"use_existing_draft"`
		Prerelease  string
		GitHub      struct{ Owner, Name string }
	}
}

type sign struct {
	Cmd, Artifacts, Signature string
	Args                      []string
}

type dockers struct {
	IDs        []string `json:"ids"`
	Images     []string
	Tags       []string
	Platforms  []string
	ExtraFiles []string `json:"extra_files"`
}

func goreleaserConfig(t *testing.T) (root string, config goreleaser) {
	t.Helper()
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(root, ".goreleaser.yaml"))), &config); err != nil {
		t.Fatal(err)
	}
	return root, config
}

// One signature, of the checksums, which cover everything else.
func TestTheChecksumsAreSigned(t *testing.T) {
	_, config := goreleaserConfig(t)
	want := []sign{{
		Cmd: "cosign", Artifacts: "checksum", Signature: "${artifact}.sigstore.json",
		Args: []string{"sign-blob", "--yes", "--bundle=${signature}", "${artifact}"},
	}}
	if !reflect.DeepEqual(config.Signs, want) || config.Checksum.Name != "checksums.txt" {
		t.Errorf("%s is signed by %+v, want %+v", config.Checksum.Name, config.Signs, want)
	}
}

// The image has what the Dockerfile copies, for each Linux that is released, and
// the name that the workflow signs.
func TestTheImageIsPushed(t *testing.T) {
	root, config := goreleaserConfig(t)
	_, all := load(t)
	var platforms []string
	for _, platform := range dist.Platforms() {
		if strings.HasPrefix(platform, "linux/") {
			platforms = append(platforms, platform)
		}
	}
	if len(config.Dockers) != 1 || len(config.Dockers[0].Tags) == 0 {
		t.Fatalf("no image, or one without a tag: %+v", config.Dockers)
	}
	image := config.Dockers[0]
	for i, tag := range image.Tags {
		if i == 0 && tag != "v{{ .Version }}" || i > 0 && !strings.Contains(tag, "if not .Prerelease") {
			t.Errorf("the tag %q", tag)
		}
	}
	image.Tags = nil
	want := dockers{
		IDs: []string{"datum-creds", "fluxdeps", "secretsync"}, Images: []string{all["release.yml"].Jobs["release"].Env["IMAGE"]},
		Platforms: platforms, ExtraFiles: copiedFiles(t, root),
	}
	if !reflect.DeepEqual(image, want) {
		t.Errorf("%+v, want %+v", image, want)
	}
}

// copiedFiles are those that the Dockerfile copies beside the programs.
func copiedFiles(t *testing.T, root string) (files []string) {
	t.Helper()
	for line := range strings.Lines(read(t, filepath.Join(root, "Dockerfile"))) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "COPY" {
			continue
		}
		for _, file := range words[1 : len(words)-1] {
			if !strings.HasPrefix(file, "$TARGETPLATFORM/") {
				files = append(files, file)
			}
		}
	}
	return files
}

// The workflow publishes what is signed and whole, and nothing earlier.
func TestTheReleaseIsADraft(t *testing.T) {
	_, config := goreleaserConfig(t)
	r := config.Release
	if !r.Draft || !r.UseExisting || !r.Replace || r.Prerelease != "auto" || r.GitHub.Owner+"/"+r.GitHub.Name != "datum-cloud/kubectl-plugins" {
		t.Errorf("%+v", r)
	}
}
