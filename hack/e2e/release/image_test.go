package release_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/datum-cloud/kubectl-plugins/hack/internal/checkout"
	"github.com/datum-cloud/kubectl-plugins/hack/internal/dist"
)

var copiedProgram = regexp.MustCompile(`\$TARGETPLATFORM/(\S+)`)

// goreleaser lays out programs as OS/ARCH/NAME for the image.
func TestTheImageCopiesWhatWasBuilt(t *testing.T) {
	d := built(t)
	programs := copiedProgram.FindAllStringSubmatch(read(t, filepath.Join(d.Dir, "..", "Dockerfile")), -1)
	if len(programs) != 3 {
		t.Fatalf("it copies %q", programs)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		for _, program := range programs {
			i := slices.IndexFunc(d.Binaries, func(b dist.Binary) bool {
				return b.OS == "linux" && b.Arch == arch && b.Name == program[1]
			})
			if i < 0 {
				t.Errorf("nothing is built as linux/%s/%s", arch, program[1])
				continue
			}
			if info, err := os.Stat(d.Binaries[i].Path); err != nil || info.Mode().Perm() != 0o755 {
				t.Errorf("%s: %v, %v", d.Binaries[i].Path, info, err)
			}
		}
	}
}

// base is a distroless image without a shell, whose digest says which.
var base = regexp.MustCompile(`^gcr\.io/distroless/static-debian\d+:nonroot@sha256:[a-f0-9]{64}$`)

func TestDockerfile(t *testing.T) {
	root, err := checkout.Root("")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var copied []string
	last := ""
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		last = strings.Join(words, " ")
		switch {
		case words[0] == "FROM" && len(words) == 2 && base.MatchString(words[1]):
		case words[0] == "ARG" && last == "ARG TARGETPLATFORM":
		case words[0] == "COPY" && !strings.HasPrefix(words[1], "--"):
			copied = append(copied, words[1:len(words)-1]...)
		case words[0] == "USER":
		default:
			t.Errorf("no part of an image that only holds files: %s", last)
		}
	}
	// A number: Kubernetes' runAsNonRoot cannot tell who a name is.
	if last != "USER 65532:65532" {
		t.Errorf("it ends as %q", last)
	}
	want := []string{"$TARGETPLATFORM/kubectl-datum_creds", "$TARGETPLATFORM/kubectl-fluxdeps", "$TARGETPLATFORM/kubectl-secretsync", "LICENSE", "THIRD_PARTY_NOTICES"}
	if !slices.Equal(copied, want) {
		t.Errorf("it holds %q, want %q", copied, want)
	}
}
