package kstatus_test

import (
	"strings"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// parse reads YAML whose first word is the apiVersion and second the kind:
//
//	apps/v1 Deployment {spec: {replicas: 2}}
//
// Conditions may be written as Type=Status/Reason/Message.
func parse(t testing.TB, object string) map[string]any {
	t.Helper()
	apiVersion, rest, _ := strings.Cut(object, " ")
	kind, body, _ := strings.Cut(rest, " ")
	data, err := yaml.YAMLToJSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	content := map[string]any{}
	if err := utiljson.Unmarshal(data, &content); err != nil {
		t.Fatal(err)
	}
	content["apiVersion"], content["kind"] = apiVersion, kind
	expandConditions(content)
	return content
}

func expandConditions(content map[string]any) {
	status, _ := content["status"].(map[string]any)
	list, _ := status["conditions"].([]any)
	for i := range list {
		if short, ok := list[i].(string); ok && strings.Contains(short, "=") {
			list[i] = condition(short)
		}
	}
}

func condition(short string) map[string]any {
	kind, rest, _ := strings.Cut(short, "=")
	parts := append(strings.Split(rest, "/"), "", "")
	return map[string]any{"type": kind, "status": parts[0], "reason": parts[1], "message": parts[2]}
}
