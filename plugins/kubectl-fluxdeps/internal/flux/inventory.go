package flux

import (
	"bytes"
	"strings"

	"sigs.k8s.io/json"
)

// Inventory is the list of applied objects that are themselves of a kind with
// a dependsOn. The rest of status.inventory is left out as it is read: in a
// large cluster it is most of the bytes.
type Inventory []ID

// UnmarshalJSON keeps the entries of Flux kinds. An inventory of another shape
// (ArtifactGenerator's is a list) counts as empty.
func (inv *Inventory) UnmarshalJSON(data []byte) error {
	*inv = nil
	if !mentionsDependsKind(data) {
		return nil
	}
	var field struct {
		Entries []struct {
			ID string `json:"id"`
		} `json:"entries"`
	}
	if err := json.UnmarshalCaseSensitivePreserveInts(data, &field); err != nil {
		return nil //nolint:nilerr // another shape is not an error: see above
	}
	for _, entry := range field.Entries {
		if id, ok := parseInventoryID(entry.ID); ok {
			*inv = append(*inv, id)
		}
	}
	return nil
}

func mentionsDependsKind(data []byte) bool {
	for _, group := range []Group{KustomizeGroup, HelmGroup, OperatorGroup} {
		if bytes.Contains(data, []byte(group)) {
			return true
		}
	}
	return false
}

// parseInventoryID reads namespace_name_group_Kind, the form of cli-utils
// pkg/object ObjMetadata.String (fluxcd/cli-utils v1.2.3).
func parseInventoryID(text string) (ID, bool) {
	parts := strings.Split(text, "_")
	if len(parts) != 4 {
		return ID{}, false
	}
	kind, ok := LookupKind(parts[3])
	if !ok || !kind.Depends || string(kind.Group) != parts[2] {
		return ID{}, false
	}
	return ID{Kind: kind.Kind, Namespace: parts[0], Name: parts[1]}, true
}
