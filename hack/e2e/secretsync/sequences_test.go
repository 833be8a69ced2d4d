package secretsync_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	typed "k8s.io/client-go/kubernetes/typed/core/v1"
)

const (
	// sequences and steps are what a normal run does; SECRETSYNC_SEQUENCES asks for
	// more, SECRETSYNC_SEED for those of another run.
	sequences = 6
	steps     = 14
)

// holder is whose a field is, as people would say.
type holder int

const (
	nobody holder = iota
	ours
	theirs
	// both have it with the same value.
	both
)

// field is a data key, label or annotation, such as "data a".
type field string

// cell is a field's value, "" for none, and whose it is.
type cell struct {
	value string
	of    holder
}

// model says what a copy has to look like, knowing nothing of managed fields.
type model struct {
	there, marked bool
	cells         map[field]cell
}

// values are what fields are set to: so few that owners meet in one.
func values() []string { return []string{"one", "two"} }

// edit is somebody's edit of a field; "" removes it.
func (m *model) edit(f field, value string) {
	c := m.cells[f]
	switch {
	case c.value == value:
		return
	case c.of == ours:
		// It was ours, and is to be repaired.
	case value == "":
		c.of = nobody
	default:
		c.of = theirs
	}
	c.value = value
	m.cells[f] = c
}

// clashes reports whether a copy would change a field that is not ours.
func (m *model) clashes(want map[field]string) bool {
	for f, value := range want {
		if c := m.cells[f]; c.of == theirs && c.value != value {
			return true
		}
	}
	return false
}

// copy is a run of copy, and returns whether it succeeds.
func (m *model) copy(want map[field]string, adopt bool) bool {
	if m.there && !adopt && (!m.marked || m.clashes(want)) {
		return false
	}
	for f, value := range want {
		c := m.cells[f]
		if c.value == value && (c.of == theirs || c.of == both) {
			m.cells[f] = cell{value, both}
			continue
		}
		m.cells[f] = cell{value, ours}
	}
	m.withdraw(want)
	m.there, m.marked = true, true
	return true
}

// withdraw takes away what is ours and not wanted.
func (m *model) withdraw(want map[field]string) {
	for f, c := range m.cells {
		if _, wanted := want[f]; wanted {
			continue
		}
		switch c.of {
		case ours:
			delete(m.cells, f)
		case both:
			m.cells[f] = cell{c.value, theirs}
		}
	}
}

// delete is a run of delete.
func (m *model) delete() {
	m.withdraw(nil)
	m.marked = false
	for f, c := range m.cells {
		if strings.HasPrefix(string(f), "data ") && c.value != "" {
			return
		}
	}
	m.there, m.cells = false, map[field]cell{}
}

// sequence is a walk of the model and of a real copy side by side.
type sequence struct {
	*stage
	random  *rand.Rand
	secrets typed.SecretInterface
	model   model
	want    map[field]string
	log     []string
}

// The fields that the source and the flags may ask for, which others edit, too, and
// those that only others have.
func askedFields() []field {
	return []field{"data a", "data b", "data c", "labels l", "annotations n"}
}

func foreignFields() []field {
	return []field{"data x", "data y", "labels m", "annotations p"}
}

func (q *sequence) pick(from []field) field { return from[q.random.IntN(len(from))] }

func (q *sequence) note(format string, args ...any) {
	q.log = append(q.log, fmt.Sprintf(format, args...))
}

// source gives the source and the flags other content, in place or made anew.
func (q *sequence) source(anew bool) {
	q.Helper()
	q.want = map[field]string{}
	data := map[string]string{}
	for _, f := range askedFields() {
		if q.random.IntN(3) == 0 {
			continue
		}
		value := values()[q.random.IntN(2)]
		q.want[f] = value
		if key, ok := strings.CutPrefix(string(f), "data "); ok {
			data[key] = value
		}
	}
	q.note("source %v, anew %v", q.want, anew)
	if anew {
		q.clusters[management].Kubectl(q, "delete", "secret", "app", "-n", q.namespace, "--ignore-not-found")
	}
	q.secret(management, "app", data)
}

// flags are those that ask for the labels and annotations.
func (q *sequence) flags() []string {
	args := []string{"app", "--to-context", prodOne}
	for _, f := range slices.Sorted(maps.Keys(q.want)) {
		kind, key, _ := strings.Cut(string(f), " ")
		switch kind {
		case "labels":
			args = append(args, "--label", key+"="+q.want[f])
		case "annotations":
			args = append(args, "--annotation", key+"="+q.want[f])
		}
	}
	return args
}

// copies runs as many copies at once.
func (q *sequence) copies(runners int, adopt bool) {
	q.Helper()
	args := q.flags()
	if adopt {
		args = append(args, "--on-conflict", "adopt")
	}
	succeeds := q.model.copy(q.want, adopt)
	q.note("%d copies, adopt %v: %v", runners, adopt, succeeds)
	code := 0
	if !succeeds {
		code = 5
	}
	var group sync.WaitGroup
	for range runners {
		group.Go(func() { q.check(q.copy(args...).Code, code) })
	}
	group.Wait()
	if succeeds && q.random.IntN(3) == 0 {
		q.note("nothing to do")
		before := q.version("app")
		q.check(q.copy(q.flags()...).Code, 0)
		if q.version("app") != before {
			q.Errorf("a second run wrote:\n%s", strings.Join(q.log, "\n"))
		}
	}
}

func (q *sequence) check(code, want int) {
	q.Helper()
	if code != want {
		q.Errorf("exit code %d, want %d:\n%s", code, want, strings.Join(q.log, "\n"))
	}
}

// edit has somebody write or remove fields of the copy.
func (q *sequence) edit() {
	q.Helper()
	patch := map[string]any{}
	for range 1 + q.random.IntN(3) {
		from := foreignFields()
		if q.random.IntN(2) == 0 {
			from = askedFields()
		}
		f, value := q.pick(from), append(values(), "")[q.random.IntN(3)]
		q.note("edit %s=%s", f, value)
		q.model.edit(f, value)
		put(patch, f, value)
	}
	text, err := json.Marshal(patch)
	if err != nil {
		q.Fatal(err)
	}
	if _, err := q.secrets.Patch(q.Context(), "app", types.MergePatchType, text, metav1.PatchOptions{FieldManager: "somebody"}); err != nil {
		q.Fatal(err)
	}
}

func put(patch map[string]any, f field, value string) {
	kind, key, _ := strings.Cut(string(f), " ")
	if kind != "data" {
		meta, _ := patch["metadata"].(map[string]any)
		if meta == nil {
			meta = map[string]any{}
			patch["metadata"] = meta
		}
		patch = meta
	}
	inner, _ := patch[kind].(map[string]any)
	if inner == nil {
		inner = map[string]any{}
		patch[kind] = inner
	}
	switch {
	case value == "":
		inner[key] = nil
	case kind == "data":
		inner[key] = base64.StdEncoding.EncodeToString([]byte(value))
	default:
		inner[key] = value
	}
}

// apply has an applier hold a key of its own.
func (q *sequence) apply() {
	q.Helper()
	value := append(values(), "")[q.random.IntN(3)]
	q.note("apply z=%s", value)
	body := map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "app"}}
	if value != "" {
		put(body, "data z", value)
	}
	q.model.cells["data z"] = cell{value, theirs}
	text, err := json.Marshal(body)
	if err != nil {
		q.Fatal(err)
	}
	if _, err := q.secrets.Patch(q.Context(), "app", types.ApplyPatchType, text, metav1.PatchOptions{FieldManager: "applier"}); err != nil {
		q.Fatal(err)
	}
}

// foreign has somebody make a Secret where none is.
func (q *sequence) foreign() {
	q.Helper()
	body := map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "app"}}
	for _, f := range []field{q.pick(askedFields()), q.pick(foreignFields()), "data x"} {
		value := values()[q.random.IntN(2)]
		put(body, f, value)
		q.model.cells[f] = cell{value, theirs}
	}
	q.note("foreign %v", q.model.cells)
	q.model.there, q.model.marked = true, false
	earlier{q.stage, "app"}.kubectl(body, "create", "-n", q.namespace, "--field-manager=somebody", "-f", "-")
}

// earlier has an earlier version make the copy, and takes it over.
func (q *sequence) earlier() {
	q.Helper()
	q.note("an earlier version's copy")
	earlier{q.stage, "app"}.create(nil)
	q.model.copy(q.want, false)
	q.check(q.copy(q.flags()...).Code, 0)
}

// step does one thing.
func (q *sequence) step() {
	q.Helper()
	if !q.model.there {
		switch q.random.IntN(4) {
		case 0:
			q.foreign()
		case 1:
			q.earlier()
		default:
			q.copies(1+q.random.IntN(2), false)
		}
		return
	}
	switch q.random.IntN(10) {
	case 0, 1, 2:
		q.edit()
	case 3:
		q.apply()
	case 4, 5:
		q.source(q.random.IntN(3) == 0)
	case 6, 7:
		q.copies(1+q.random.IntN(2), false)
	case 8:
		q.copies(1, true)
	default:
		q.remove()
	}
}

func (q *sequence) remove() {
	q.Helper()
	code := 0
	if !q.model.marked {
		code = 5
	} else {
		q.model.delete()
	}
	q.note("delete")
	q.check(q.run(q.stage.remove("app")...).Code, code)
}

// compare fails where the copy is not what the model says.
func (q *sequence) compare() {
	q.Helper()
	want := map[field]string{}
	for f, c := range q.model.cells {
		if c.value != "" {
			want[f] = c.value
		}
	}
	got := map[field]string{}
	found, err := q.secrets.Get(q.Context(), "app", metav1.GetOptions{})
	there := err == nil
	if err != nil && !apierrors.IsNotFound(err) {
		q.Fatal(err)
	}
	if there {
		for key, value := range found.Data {
			got[field("data "+key)] = string(value)
		}
		others(got, "labels", found.Labels)
		others(got, "annotations", found.Annotations)
	}
	if there != q.model.there || !maps.Equal(got, want) {
		q.Fatalf("there %v, want %v\nhas   %v\nwants %v\n%s", there, q.model.there, got, want, strings.Join(q.log, "\n"))
	}
}

// others adds labels or annotations that are not marks of ours.
func others(got map[field]string, kind string, texts map[string]string) {
	for key, value := range texts {
		if !strings.HasPrefix(key, annotation) && value != "kubectl-secretsync" {
			got[field(kind+" "+key)] = value
		}
	}
}

// number is a variable's number.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	parsed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return parsed
}

// Whatever people, appliers, earlier versions and runs do to a copy, in whichever
// order: what was never ours ends as its owner left it, and of ours nothing stays
// behind.
func TestRandomSequences(t *testing.T) {
	t.Parallel()
	seed := number(t, "SECRETSYNC_SEED", rand.Uint64())
	t.Logf("SECRETSYNC_SEED=%d", seed)
	for i := range number(t, "SECRETSYNC_SEQUENCES", sequences) {
		t.Run(strconv.FormatUint(i, 10), func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			client, err := kubernetes.NewForConfig(s.clusters[prodOne].Config())
			if err != nil {
				t.Fatal(err)
			}
			q := &sequence{
				stage: s, random: rand.New(rand.NewPCG(seed, i)),
				secrets: client.CoreV1().Secrets(s.namespace), model: model{cells: map[field]cell{}},
			}
			q.source(true)
			for range steps {
				q.step()
				q.compare()
			}
			if q.model.marked {
				q.remove()
				q.compare()
			}
		})
	}
}
