// Package krew reads, checks and renders manifests of kubectl plugins for krew,
// the plugin manager: https://krew.sigs.k8s.io.
//
// The *.yaml files beside it are templates in krew-release-bot's syntax. A
// release fills in its version and checksums, opens pull requests at
// krew-index, and writes an index of our own; so the rendered manifests are made
// with each build, in dist/krew, and are not kept here.
//
// The rules are those of krew db921d5 (internal/index/validation/validate.go and
// cmd/validate-krew-manifest/main.go), and of the naming guide by which krew-index is
// reviewed. krew has no library that can be imported for them. hack/e2e/release runs
// krew and its validator on the rendered manifests.
package krew
