package main

import (
	"encoding/json"
	"io"
	"net/http"
)

// apply does of a server-side apply what the first and only manager of an object
// sees: it stores what was sent, and who holds which fields.
func (t *target) apply(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	code := http.StatusOK
	if t.secret == nil {
		code = http.StatusCreated
	}
	t.writes++
	held, err := heldBy(body, r.URL.Query().Get("fieldManager"))
	if err == nil {
		t.secret, err = stored(held, t.URL)
	}
	if err != nil {
		answer(w, http.StatusBadRequest, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":400}`)
		return
	}
	w.WriteHeader(code)
	_, _ = w.Write(t.secret)
}

// heldBy is the object with the record that the manager holds its fields.
func heldBy(body []byte, manager string) ([]byte, error) {
	object, metadata, err := parse(body)
	if err != nil {
		return nil, err
	}
	metadata["managedFields"] = []any{map[string]any{
		"manager": manager, "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1",
		"fieldsV1": map[string]any{
			"f:type": map[string]any{}, "f:data": fields(object["data"]),
			"f:metadata": map[string]any{"f:labels": fields(metadata["labels"]), "f:annotations": fields(metadata["annotations"])},
		},
	}}
	return json.Marshal(object)
}

// fields names the keys of a map as managedFields do.
func fields(of any) map[string]any {
	all := map[string]any{}
	keys, _ := of.(map[string]any)
	for key := range keys {
		all["f:"+key] = map[string]any{}
	}
	return all
}
