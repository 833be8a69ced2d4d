package kstatus_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// FuzzCompute compares any JSON object.
func FuzzCompute(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, kind := range slices.Sorted(maps.Keys(fields)) {
		for range 5 {
			f.Add([]byte(text(random(r, kind))))
		}
	}
	f.Add([]byte(`{"apiVersion":1,"kind":null,"metadata":{"generation":9223372036854775808}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var content map[string]any
		if utiljson.Unmarshal(data, &content) != nil {
			return
		}
		compare(t, content)
	})
}
