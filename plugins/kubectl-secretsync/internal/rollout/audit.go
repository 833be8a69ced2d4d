package rollout

import (
	"encoding/json"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/cluster/address"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// Audit writes a line of JSON before and after each write.
type Audit struct {
	// Writer gets one call a line.
	Writer io.Writer
	// Run tells the lines of one run.
	Run     string
	By      Caller
	Command string
	DryRun  bool
	Now     func() time.Time

	mu sync.Mutex
}

// Caller says where and how the command was called.
type Caller struct {
	// Host is the machine's name, empty if it has none.
	Host string `json:"host,omitempty"`
	// Version is that of the plugin.
	Version string `json:"version"`
	// Arguments are the names of the Secrets, and the flags without their values:
	// anybody may have put a secret into one.
	Arguments []string `json:"arguments"`
}

// Entry is a line of the audit log. It holds no value, and of keys the names.
type Entry struct {
	Time string `json:"time"`
	Run  string `json:"run"`
	Caller
	Command string `json:"command"`
	DryRun  bool   `json:"dryRun,omitempty"`
	// Event is begin or end. A begin without an end was cut off: the next run
	// finds out what came of it.
	Event  string      `json:"event"`
	Action plan.Verb   `json:"action"`
	Source EntryObject `json:"source"`
	Target EntryObject `json:"target"`
	Keys   []string    `json:"keys,omitempty"`
	// Foreign names the labels, annotations and owners that others gave what is to
	// be recreated: a begin without an end has lost them.
	Foreign []string `json:"foreign,omitempty"`
	Outcome Outcome  `json:"outcome,omitempty"`
	Problem string   `json:"problem,omitempty"`
	Message string   `json:"message,omitempty"`
	// Attempts is how often the write was tried.
	Attempts int `json:"attempts,omitempty"`
}

// EntryObject is a Secret in the audit log.
type EntryObject struct {
	Cluster         string          `json:"cluster"`
	Server          address.Address `json:"server,omitzero"`
	Namespace       string          `json:"namespace"`
	Name            string          `json:"name"`
	UID             string          `json:"uid,omitempty"`
	ResourceVersion string          `json:"resourceVersion,omitempty"`
}

// Record writes one line.
func (a *Audit) Record(begin bool, r Result) error {
	o, p := r.Action.Origin, r.Action.Place
	entry := Entry{
		Time: a.Now().UTC().Format(time.RFC3339Nano), Run: a.Run, Caller: a.By, Command: a.Command, DryRun: a.DryRun, Event: "begin", Action: r.Action.Verb,
		Source: EntryObject{Cluster: o.Cluster, Server: o.Server, Namespace: o.Namespace, Name: o.Name, UID: o.UID, ResourceVersion: o.ResourceVersion},
		Target: EntryObject{Cluster: p.Cluster, Server: p.Server, Namespace: p.Namespace, Name: p.Name},
	}
	if r.Action.Content != nil {
		entry.Keys = secret.Keys(r.Action.Content.Data)
	}
	if object := r.Action.Seen.Object; object != nil {
		entry.Target.UID, entry.Target.ResourceVersion = object.Meta.UID, object.Meta.ResourceVersion
		if begin && r.Action.Verb == plan.Recreate {
			entry.Foreign = foreignMeta(object.Meta, r.Action.Content)
		}
	}
	if !begin {
		entry.end(r)
	}
	line, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err = a.Writer.Write(append(line, '\n'))
	return err
}

// end adds what came of it.
func (e *Entry) end(r Result) {
	e.Event, e.Outcome, e.Attempts = "end", r.Outcome, r.Attempts
	if r.Written.UID != "" {
		e.Target.UID, e.Target.ResourceVersion = r.Written.UID, r.Written.ResourceVersion
	}
	if r.Problem != nil {
		e.Problem, e.Message = r.Problem.Kind, r.Problem.Text
	}
}

// foreignMeta names what of the metadata is neither ours nor the content's. Values
// are not logged: they are anybody's.
func foreignMeta(meta secret.Meta, content *secret.Content) (names []string) {
	add := func(kind string, has, ours map[string]string) {
		for _, key := range secret.Keys(has) {
			if _, mine := ours[key]; !mine && !strings.HasPrefix(key, secret.Domain) && key != secret.LastApplied {
				names = append(names, kind+" "+key)
			}
		}
	}
	add("label", meta.Labels, content.Labels)
	add("annotation", meta.Annotations, content.Annotations)
	for _, owner := range meta.OwnerReferences {
		names = append(names, "owner "+owner.Kind+"/"+owner.Name)
	}
	return names
}
