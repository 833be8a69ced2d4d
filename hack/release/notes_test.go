package main

import "testing"

func TestNotesOf(t *testing.T) {
	const changelog = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- new\n\n## [1.2.3] - 2026-01-02\n\n- three\n\n## [1.2.2] - 2026-01-01\n\n## [1.2.1] - 2025-12-31\n- one\n\n[Unreleased]: https://example.org\n"
	for tag, want := range map[string]string{
		"v1.2.3":      "- three",
		"v1.2.1":      "- one",
		"v2.0.0-rc.1": "### Added\n\n- new",
		"v1.2.2":      "", // nothing is said of it
		"v9.9.9":      "",
	} {
		if got, ok := notesOf(changelog, tag); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", tag, got, ok, want)
		}
	}
}
