package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// metadata returns an object's metadata, which it makes where there is none.
func metadata(object map[string]any) map[string]any {
	meta, ok := object["metadata"].(map[string]any)
	if !ok {
		meta = map[string]any{}
		object["metadata"] = meta
	}
	return meta
}

// store stores a new object.
func (s *Server) store(namespace, name string, object map[string]any) {
	meta := metadata(object)
	meta["name"], meta["namespace"] = name, namespace
	s.version++
	meta["uid"] = fmt.Sprintf("uid-%d-%s", s.version, s.URL)
	s.bump(object)
	s.objects[namespace+"/"+name] = object
}

func (s *Server) bump(object map[string]any) {
	s.version++
	metadata(object)["resourceVersion"] = strconv.Itoa(s.version)
}

// list knows selectors of the form KEY=VALUE. The namespace "" stands for all.
func (s *Server) list(w http.ResponseWriter, r *http.Request, namespace string) {
	items := []any{}
	label, value, selects := strings.Cut(r.URL.Query().Get("labelSelector"), "=")
	for _, key := range slices.Sorted(maps.Keys(s.objects)) {
		labels, _ := metadata(s.objects[key])["labels"].(map[string]any)
		if (namespace == "" || strings.HasPrefix(key, namespace+"/")) && (!selects || labels[label] == value) {
			items = append(items, s.objects[key])
		}
	}
	kind := "SecretList"
	if strings.Contains(r.Header.Get("Accept"), "PartialObjectMetadataList") {
		kind = "PartialObjectMetadataList"
	}
	write(w, http.StatusOK, map[string]any{"kind": kind, "items": items})
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, namespace string) {
	object := map[string]any{}
	if err := json.NewDecoder(r.Body).Decode(&object); err != nil {
		Refuse(w, http.StatusBadRequest, "BadRequest", "cannot be read")
		return
	}
	name, _ := metadata(object)["name"].(string)
	if s.objects[namespace+"/"+name] != nil {
		Refuse(w, http.StatusConflict, "AlreadyExists", fmt.Sprintf("secrets %q already exists", name))
		return
	}
	wrote(object, r.URL.Query().Get("fieldManager"))
	if r.URL.Query().Get("dryRun") == "" {
		s.store(namespace, name, object)
		s.created++
	}
	write(w, http.StatusCreated, object)
}

func (s *Server) object(w http.ResponseWriter, r *http.Request, namespace, name string) {
	object := s.objects[namespace+"/"+name]
	if applies(r) {
		s.apply(w, r, namespace, name)
		return
	}
	if object == nil {
		Refuse(w, http.StatusNotFound, "NotFound", fmt.Sprintf("secrets %q not found", name))
		return
	}
	var sent map[string]any
	if r.Method != http.MethodGet {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			Refuse(w, http.StatusBadRequest, "BadRequest", "cannot be read")
			return
		}
		conditions := metadata(sent)
		if r.Method == http.MethodDelete {
			conditions, _ = sent["preconditions"].(map[string]any)
		}
		for _, field := range []string{"uid", "resourceVersion"} {
			if conditions[field] != metadata(object)[field] {
				Refuse(w, http.StatusConflict, "Conflict", "the object has been modified")
				return
			}
		}
	}
	switch {
	case r.Method == http.MethodPatch && r.URL.Query().Get("dryRun") == "":
		merge(object, sent)
		s.bump(object)
	case r.Method == http.MethodDelete && sent["dryRun"] == nil:
		delete(s.objects, namespace+"/"+name)
	}
	write(w, http.StatusOK, object)
}

// merge is a JSON merge patch.
func merge(into, from map[string]any) {
	for key, value := range from {
		nested, isMap := value.(map[string]any)
		current, hasMap := into[key].(map[string]any)
		switch {
		case value == nil:
			delete(into, key)
		case isMap && hasMap:
			merge(current, nested)
		default:
			into[key] = value
		}
	}
}
