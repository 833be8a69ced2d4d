package flux

// ReadyExprObjects returns which objects a readyExpr is evaluated on: those
// that have one, and those that it is about.
func ReadyExprObjects(objects []Object) map[ID]bool {
	needed := map[ID]bool{}
	for i := range objects {
		object := &objects[i]
		for _, dep := range object.DependsOn {
			if dep.ReadyExpr != "" {
				needed[object.ID], needed[object.Target(dep)] = true, true
			}
		}
	}
	return needed
}
