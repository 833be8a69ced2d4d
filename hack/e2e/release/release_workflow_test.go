package release_test

// The order of release.yml, and what its jobs leave behind.

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// after has the jobs of release.yml with what each waits for: nothing is built
// before the tests have passed, and no index names a release that is not there.
func after() map[string][]string {
	return map[string][]string{"gate": nil, "release": {"gate"}, "krew": {"release"}, "krew-index": {"release"}}
}

func TestTheReleaseIsInOrder(t *testing.T) {
	_, all := load(t)
	jobs := all["release.yml"].Jobs
	for name, want := range after() {
		if j, ok := jobs[name]; !ok || !slices.Equal(j.Needs, want) {
			t.Errorf("%s: needs %q, want %q", name, j.Needs, want)
		}
	}
	if len(jobs) != len(after()) {
		t.Errorf("%d jobs, of which %d are known here", len(jobs), len(after()))
	}
	if jobs["gate"].Uses != "./.github/workflows/ci.yml" || jobs["krew-index"].Uses != "./.github/workflows/krew-index.yml" {
		t.Errorf("the gate runs %q, krew-index %q", jobs["gate"].Uses, jobs["krew-index"].Uses)
	}
	if jobs["release"].Environment != "release" {
		t.Errorf("who approves the environment %q?", jobs["release"].Environment)
	}
	for _, name := range []string{"krew", "krew-index"} {
		if !strings.Contains(jobs[name].If, "!contains(github.ref_name, '-')") {
			t.Errorf("%s: a pre-release gets into the index: %q", name, jobs[name].If)
		}
	}
}

// steps are what the release job has to do, in this order.
var steps = []*regexp.Regexp{
	regexp.MustCompile(`^make release TAG="\$TAG"`),
	regexp.MustCompile(`dist/digests\.txt.*>>"\$GITHUB_OUTPUT"`),
	regexp.MustCompile(`^cosign sign --yes "\$IMAGE@\$DIGEST"`),
	regexp.MustCompile(`^actions/attest@\S+ dist/checksums\.txt$`),
	regexp.MustCompile(`^actions/attest@\S+ .*\.outputs\.digest }}$`),
	regexp.MustCompile(`^gh release upload .*"\$TAG"`),
	regexp.MustCompile(`^gh release edit "\$TAG" --draft=false$`),
}

// latest is what may follow: the image's tag points to what is published.
var latest = regexp.MustCompile(`^docker buildx imagetools create .*"\$IMAGE:latest"`)

// TestTheReleaseIsSignedBeforeItIsPublished: all of it is there by then.
func TestTheReleaseIsSignedBeforeItIsPublished(t *testing.T) {
	_, all := load(t)
	wanted := steps
	published := false
	for _, does := range all["release.yml"].Jobs["release"].lines() {
		if published && !latest.MatchString(does) {
			t.Errorf("after the release was published: %s", does)
		}
		if len(wanted) > 0 && wanted[0].MatchString(does) {
			published, wanted = len(wanted) == 1, wanted[1:]
		}
	}
	for _, missing := range wanted {
		t.Errorf("not done, or not in order: %s", missing)
	}
}

// lines are what a job's steps do: a line of a script, or an action with what
// it attests.
func (j job) lines() (lines []string) {
	for _, s := range j.Steps {
		if s.Uses != "" {
			sums, _ := s.With["subject-checksums"].(string)
			digest, _ := s.With["subject-digest"].(string)
			lines = append(lines, s.Uses+" "+sums+digest)
		}
		for line := range strings.Lines(s.Run) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

var inDist = regexp.MustCompile(`\bdist/[^\s'"]+`)

// TestWhatIsUploadedWasBuilt: each path below dist/ is one that a build has, and
// each manifest is attached.
func TestWhatIsUploadedWasBuilt(t *testing.T) {
	d := built(t)
	_, all := load(t)
	var attached []string
	for _, does := range all["release.yml"].Jobs["release"].lines() {
		for _, pattern := range inDist.FindAllString(does, -1) {
			found, err := fs.Glob(os.DirFS(d.Dir), strings.TrimPrefix(pattern, "dist/"))
			// goreleaser writes the digests of images that it has pushed.
			if err != nil || len(found) == 0 && pattern != "dist/digests.txt" {
				t.Errorf("no build has %s (%v)", pattern, err)
			}
			if strings.HasPrefix(does, "gh release upload ") {
				attached = append(attached, found...)
			}
		}
	}
	for _, pattern := range []string{"krew/*.yaml", "flux/*.yaml", "flux/plugins/*.yaml", "flux/*_checksums.txt"} {
		manifests, err := fs.Glob(os.DirFS(d.Dir), pattern)
		if err != nil || len(manifests) == 0 {
			t.Errorf("%s: %q, %v", pattern, manifests, err)
		}
		for _, manifest := range manifests {
			if !slices.Contains(attached, manifest) {
				t.Errorf("%s is not attached", manifest)
			}
		}
	}
}

// templates are the files that the bot is given, with what a matrix puts in.
func (j job) templates() (files []string) {
	for _, s := range j.Steps {
		file, ok := s.With["krew_template_file"].(string)
		if !ok {
			continue
		}
		key, values := "", []string{""}
		for key, values = range j.Strategy.Matrix {
			break
		}
		for _, value := range values {
			files = append(files, strings.ReplaceAll(file, "${{ matrix."+key+" }}", value))
		}
	}
	return files
}

// The bot reads one template a run, and there is one for each plugin.
func TestTheBotKnowsEachTemplate(t *testing.T) {
	root, all := load(t)
	bot := all["release.yml"].Jobs["krew"]
	if bot.Strategy.FailFast == nil || *bot.Strategy.FailFast {
		t.Error("a plugin that is not in krew-index yet holds up the others")
	}
	named := bot.templates()
	templates, err := filepath.Glob(filepath.Join(root, "krew", "*.yaml"))
	if err != nil || len(templates) == 0 || len(templates) != len(named) {
		t.Errorf("%d templates, the bot is given %q, %v", len(templates), named, err)
	}
	for _, template := range templates {
		if !slices.Contains(named, path.Join("krew", filepath.Base(template))) {
			t.Errorf("the bot is not given %s", template)
		}
	}
}
