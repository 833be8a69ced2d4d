package flux

import "testing"

func TestParseSource(t *testing.T) {
	tests := map[string]bool{
		"OCIRepository/flux-system/activity": true,
		"GitRepository/apps/web":             true,
		"HelmRepository/apps/web":            false,
		"OCIRepository/activity":             false,
		"OCIRepository//activity":            false,
		"OCIRepository/a/b/c":                false,
		"":                                   false,
	}
	for text, good := range tests {
		t.Run(text, func(t *testing.T) {
			source, err := ParseSource(text)
			if (err == nil) != good || (good && source.String() != text) {
				t.Errorf("ParseSource = %v, %v", source, err)
			}
		})
	}
}
