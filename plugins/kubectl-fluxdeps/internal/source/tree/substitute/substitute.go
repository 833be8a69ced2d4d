// Package substitute replaces variables in rendered objects as Flux does after
// a build.
package substitute

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

// MaxOutput is the most bytes that variables may add to one object.
const MaxOutput = 4 << 20

// ErrTooLarge is returned where variables would add more than MaxOutput.
var ErrTooLarge = fmt.Errorf("substitution adds more than %d MiB", MaxOutput>>20)

// Vars are the variables of one build.
type Vars struct {
	values map[string]string
	// unknown are variables that are set to something that is not known here.
	unknown map[string]bool
	// open is true where there may be variables of which not even the name is
	// known: what is not set is then unknown, not an error.
	open bool
}

// New returns variables without a value.
func New() *Vars { return &Vars{values: map[string]string{}, unknown: map[string]bool{}} }

// Set gives a variable a value; a later one counts. Line ends are left out, as
// Flux does.
func (v *Vars) Set(name, value string) {
	delete(v.unknown, name)
	v.values[name] = strings.ReplaceAll(value, "\n", "")
}

// SetUnknown says that the variable has a value that is not known.
func (v *Vars) SetUnknown(name string) { v.values[name], v.unknown[name] = "", true }

// Open says that any variable may be set.
func (v *Vars) Open() { v.open = true }

// Len is the number of variables known to be set; one more where others may be.
func (v *Vars) Len() int {
	if v.open {
		return len(v.values) + 1
	}
	return len(v.values)
}

// name is what Flux takes for the name of a variable (fluxcd/pkg/kustomize
// v1.35.6, kustomize_varsub.go).
var name = regexp.MustCompile(`^[_[:alpha:]][_[:alpha:][:digit:]]*$`)

// YAML replaces the variables in the YAML of an object and returns its JSON. A
// variable that is not set is an error, unless it may be set somewhere that is
// not known: then it stays as ${NAME}, and so does one whose value is unknown.
func (v *Vars) YAML(text string) ([]byte, error) {
	for variable := range v.values {
		if !name.MatchString(variable) {
			return nil, fmt.Errorf("'%s' var name is invalid, must match '%s'", variable, name)
		}
	}
	replaced, err := v.replace(text)
	if err != nil {
		return nil, err
	}
	json, err := yaml.YAMLToJSON([]byte(replaced))
	if err != nil {
		return nil, fmt.Errorf("YAMLToJSON: %w", err)
	}
	return json, nil
}

// replace evaluates the text. Names that are not set are found one by one, as
// the library names the first and stops.
func (v *Vars) replace(text string) (string, error) {
	missing := map[string]bool{}
	for {
		var unset string
		room := MaxOutput
		out, err := eval(text, func(variable string) (string, bool) {
			value, set := v.values[variable]
			if v.unknown[variable] || missing[variable] {
				value, set = "${"+variable+"}", true
			}
			if room -= len(value); room < 0 {
				return "", true
			}
			if !set {
				unset = variable
			}
			return value, set
		})
		switch {
		case room < 0 || len(out) > len(text)+MaxOutput:
			return "", ErrTooLarge
		case err == nil:
			return out, nil
		case v.open && unset != "" && !missing[unset] && strings.Contains(err.Error(), "strict mode"):
			missing[unset] = true
		default:
			return "", fmt.Errorf("variable substitution failed: %w", err)
		}
	}
}

// eval keeps a panic of the library from ending the process.
func eval(text string, mapping func(string) (string, bool)) (out string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the expression cannot be evaluated")
		}
	}()
	return envsubst.Eval(text, mapping)
}
