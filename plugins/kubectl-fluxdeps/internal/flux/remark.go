package flux

// Rule names the subject of a remark. It is part of the documented output.
type Rule string

// The rules of findings.
const (
	// RuleCycle: objects wait for each other.
	RuleCycle Rule = "cycle"
	// RuleDeadlock: objects wait for each other, not by dependsOn alone.
	RuleDeadlock Rule = "deadlock"
	// RuleFrozen: a cycle keeps a source's revisions from all its Kustomizations.
	RuleFrozen Rule = "frozen-source"
	// RuleMissing: a dependency that does not exist.
	RuleMissing Rule = "missing-dependency"
	// RuleWrongKind: a dependency of which only a namesake of another kind exists.
	RuleWrongKind Rule = "wrong-kind"
	// RuleRefused: a field that the API server refuses.
	RuleRefused Rule = "refused"
	// RuleExpression: a readyExpr that does not compile.
	RuleExpression Rule = "invalid-expression"
	// RuleDuplicate: an object that is stated twice.
	RuleDuplicate Rule = "duplicate"
	// RuleBuild: a build that the controller refuses.
	RuleBuild Rule = "build"
)

// The rules of things that could not be checked.
const (
	// RuleUnreadable: a path, file, document or kind that could not be read.
	RuleUnreadable Rule = "unreadable"
	// RuleTemplate: a template of Flux objects.
	RuleTemplate Rule = "template"
	// RuleNoSource: an object without the source that its kind must have.
	RuleNoSource Rule = "no-source"
	// RuleAmbiguous: a name that may mean any of several objects.
	RuleAmbiguous Rule = "ambiguous"
	// RuleVariable: a variable in a field that the graph is made of.
	RuleVariable Rule = "variable"
	// RulePatch: a change of names or dependencies that is not applied here.
	RulePatch Rule = "patch"
	// RuleForbidden: a dependency that may not be read.
	RuleForbidden Rule = "forbidden"
	// RuleRemote: a build that needs something of another repository or server.
	RuleRemote Rule = "remote"
	// RuleExternal: something that may be in a source whose files are not known.
	RuleExternal Rule = "external"
)

// Remark is a finding, or something that could not be checked, with the place
// that it is about.
type Remark struct {
	Rule Rule
	// Object is an ID, or the name of a file or kind if there is no object.
	Object string
	// Origin is nil for an object that was not read from a file. Its Line is 0 if
	// the remark is about the whole file.
	Origin *Origin
	Text   string
}

// Place returns file:line, or file alone; empty where there is no file.
func (r Remark) Place() string {
	switch {
	case r.Origin == nil:
		return ""
	case r.Origin.Line == 0:
		return r.Origin.File
	default:
		return r.Origin.String()
	}
}
