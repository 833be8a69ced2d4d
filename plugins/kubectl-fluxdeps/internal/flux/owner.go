package flux

// OwnerOf returns the object that applies this one, by the labels that the
// controllers set on the objects they apply; false for none.
func OwnerOf(object *Object) (ID, bool) {
	for _, kind := range []string{Kustomization, HelmRelease, ResourceSet} {
		prefix := ownerLabelPrefix(kind)
		owner := ID{Kind: kind, Namespace: object.Labels[prefix+"/namespace"], Name: object.Labels[prefix+"/name"]}
		if owner.Name != "" && owner.Namespace != "" && owner != object.ID {
			return owner, true
		}
	}
	return ID{}, false
}

func ownerLabelPrefix(kind string) string {
	if kind == ResourceSet {
		return "resourceset." + string(OperatorGroup)
	}
	info, _ := LookupKind(kind)
	return string(info.Group)
}
