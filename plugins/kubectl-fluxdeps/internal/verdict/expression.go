package verdict

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
	"github.com/google/cel-go/interpreter"

	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-fluxdeps/internal/flux"
)

// maxCost bounds one evaluation, in CEL's own measure: an expression comes from
// a cluster or a file, and may loop over lists within lists for days. It is the
// API server's bound for a call (apiserver/pkg/apis/cel, PerCallLimit), a tenth
// of a second. A deadline would not do: all() takes the interruption for a
// false item and goes on.
const maxCost = 1_000_000

// errNotEvaluated is where we stop and a controller would not.
var errNotEvaluated = errors.New("readyExpr not evaluated")

// expressions compiles each readyExpr once.
type expressions struct {
	compiled map[string]compiled
	// untyped are the ResourceSets', which are compiled in another way.
	untyped map[string]error
}

type compiled struct {
	program cel.Program
	err     error
}

func newExpressions() *expressions {
	return &expressions{compiled: map[string]compiled{}, untyped: map[string]error{}}
}

// check reports whether the expression of a Kustomization's or HelmRelease's
// dependency compiles.
func (e *expressions) check(expr string) error {
	_, err := e.compile(expr)
	return err
}

// compile makes a program the way fluxcd/pkg/runtime/cel v0.110.3 does
// (NewExpression with WithCompile, a bool output and struct variables self and
// dep), error texts included. That package itself would link
// controller-runtime's client, 15 MB of it.
func (e *expressions) compile(expr string) (cel.Program, error) {
	if known, ok := e.compiled[expr]; ok {
		return known.program, known.err
	}
	program, err := compile(expr, typed)
	e.compiled[expr] = compiled{program, err}
	return program, err
}

// checkUntyped reports whether the expression of a ResourceSet's dependency
// compiles, where it has one that counts.
func (e *expressions) checkUntyped(dep flux.Dependency) error {
	if !dep.Ready || dep.ReadyExpr == "" {
		return nil
	}
	if known, ok := e.untyped[dep.ReadyExpr]; ok {
		return known
	}
	_, err := compileUntyped(dep.ReadyExpr)
	e.untyped[dep.ReadyExpr] = err
	return err
}

// compileUntyped parses a ResourceSet's readyExpr, whose fields are looked up
// in the object itself and thus cannot be checked beforehand.
func compileUntyped(expr string) (cel.Program, error) { return compile(expr, untyped) }

type checking bool

const (
	typed   checking = true
	untyped checking = false
)

func compile(expr string, mode checking) (cel.Program, error) {
	env, err := newEnvironment(mode)
	if err != nil {
		return nil, fmt.Errorf("failed to create CEL environment: %w", err)
	}
	parse := env.Parse
	if mode == typed {
		parse = env.Compile
	}
	ast, issues := parse(expr)
	if issues != nil {
		return nil, fmt.Errorf("failed to parse the CEL expression '%s': %s", expr, issues.String())
	}
	if output := ast.OutputType(); mode == typed && output != cel.BoolType {
		return nil, fmt.Errorf("CEL expression output type mismatch: expected %s, got %s", cel.BoolType, output)
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost))
}

func newEnvironment(mode checking) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.HomogeneousAggregateLiterals(),
		cel.EagerlyValidateDeclarations(true),
		cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true),
		cel.OptionalTypes(),
		ext.Strings(),
		ext.Sets(),
		ext.Encoders(),
	}
	if mode == typed {
		options = append(options,
			cel.Variable("self", cel.ObjectType("google.protobuf.Struct")),
			cel.Variable("dep", cel.ObjectType("google.protobuf.Struct")))
	}
	return cel.NewEnv(options...)
}

// evaluate runs the program to a boolean, unless ctx has ended.
func evaluate(ctx context.Context, program cel.Program, expr string, variables map[string]any) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, fmt.Errorf("%w: %w", errNotEvaluated, err)
	}
	value, _, err := program.Eval(variables)
	var cancelled interpreter.EvalCancelledError
	switch {
	case errors.As(err, &cancelled):
		return false, fmt.Errorf("%w: it takes too many steps", errNotEvaluated)
	case err != nil:
		return false, fmt.Errorf("failed to evaluate the CEL expression '%s': %w", expr, err)
	}
	result, ok := value.(celtypes.Bool)
	if !ok {
		return false, fmt.Errorf("failed to evaluate CEL expression as boolean: '%s'", expr)
	}
	return bool(result), nil
}
