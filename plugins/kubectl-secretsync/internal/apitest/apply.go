package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/secret"
)

// applies reports whether the request is a server-side apply.
func applies(r *http.Request) bool {
	return r.Method == http.MethodPatch && r.Header.Get("Content-Type") == "application/apply-patch+yaml"
}

// apply does of a server-side apply what a single manager sees: it creates what is
// not there, and removes what was applied before and is applied no more. Conflicts
// between managers are for real servers.
func (s *Server) apply(w http.ResponseWriter, r *http.Request, namespace, name string) {
	var sent map[string]any
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		Refuse(w, http.StatusBadRequest, "BadRequest", "cannot be read")
		return
	}
	meta := metadata(sent)
	object := s.objects[namespace+"/"+name]
	stale := object != nil && (meta["uid"] != metadata(object)["uid"] || meta["resourceVersion"] != metadata(object)["resourceVersion"])
	if stale || object == nil && meta["uid"] != nil {
		Refuse(w, http.StatusConflict, "Conflict", "the object has been modified")
		return
	}
	created := object == nil
	made := clone(object)
	forget(made, appliedBefore(made), fieldsOf(sent))
	delete(meta, "resourceVersion")
	delete(meta, "uid")
	merge(made, sent)
	hold(made, fieldsOf(sent))
	switch {
	case r.URL.Query().Get("dryRun") != "":
	case created:
		s.store(namespace, name, made)
		s.created++
	default:
		s.bump(made)
		s.objects[namespace+"/"+name] = made
	}
	code := http.StatusOK
	if created {
		code = http.StatusCreated
	}
	write(w, code, made)
}

func clone(object map[string]any) map[string]any {
	made := map[string]any{}
	text, err := json.Marshal(object)
	if err == nil && object != nil {
		err = json.Unmarshal(text, &made)
	}
	if err != nil {
		panic(fmt.Sprintf("an object that is no JSON: %v", err))
	}
	return made
}

// parts are the maps of an object whose keys are fields.
func parts(object map[string]any) map[secret.FieldKind]map[string]any {
	meta := metadata(object)
	all := map[secret.FieldKind]map[string]any{}
	for kind, value := range map[secret.FieldKind]any{secret.DataField: object["data"], secret.LabelField: meta["labels"], secret.AnnotationField: meta["annotations"]} {
		all[kind], _ = value.(map[string]any)
	}
	return all
}

// fieldsOf are the fields that an object has.
func fieldsOf(object map[string]any) secret.FieldSet {
	set := secret.FieldSet{{Kind: secret.TypeField}: true}
	for kind, fields := range parts(object) {
		secret.AddAll(set, kind, fields)
	}
	return set
}

func entries(object map[string]any) (all []secret.ManagedFields) {
	text, err := json.Marshal(metadata(object)["managedFields"])
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		panic(fmt.Sprintf("managed fields that are none: %v", err))
	}
	return all
}

func appliedBefore(object map[string]any) secret.FieldSet {
	set := secret.FieldSet{}
	for _, entry := range entries(object) {
		if entry.Operation == secret.OperationApply {
			maps.Copy(set, entry.Set())
		}
	}
	return set
}

// forget removes what was applied before and is not now.
func forget(object map[string]any, before, now secret.FieldSet) {
	for kind, fields := range parts(object) {
		for key := range fields {
			if field := (secret.Field{Kind: kind, Key: key}); before[field] && !now[field] {
				delete(fields, key)
			}
		}
	}
}

// hold records the fields as applied.
func hold(object map[string]any, fields secret.FieldSet) {
	kept := []secret.ManagedFields{secret.Applied(fields)}
	for _, entry := range entries(object) {
		if entry.Operation != secret.OperationApply {
			kept = append(kept, entry)
		}
	}
	metadata(object)["managedFields"] = kept
}

// wrote records that an object was created as a whole.
func wrote(object map[string]any, manager string) {
	entry := secret.Applied(fieldsOf(object))
	entry.Manager, entry.Operation = manager, secret.OperationUpdate
	metadata(object)["managedFields"] = []secret.ManagedFields{entry}
}
