# `make` or `make help` lists what there is to do.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The product is built as its users get it: without the workspace, which would
# mix in the versions that the development tools in hack/ need.
PRODUCT := GOWORK=off go
PACKAGE := github.com/datum-cloud/kubectl-plugins
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS := -s -w -X $(PACKAGE)/pkg/common/cli.version=$(VERSION)
BUILD := CGO_ENABLED=0 $(PRODUCT) build -trimpath -ldflags '$(LDFLAGS)'

# kubectl finds `kubectl datum-creds` in kubectl-datum_creds: krew's names.
PLUGINS := $(notdir $(wildcard plugins/kubectl-*))
binary = kubectl-$(subst -,_,$(patsubst kubectl-%,%,$(1)))
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

INSTALL_DIR ?= $(or $(shell go env GOBIN),$(shell go env GOPATH)/bin)
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/datum-kubectl-plugins/tools
GOLANGCI_LINT := $(TOOLS)/golangci-lint-v2.15.0
GOTESTSUM := $(TOOLS)/gotestsum-v1.13.0
GORELEASER := $(TOOLS)/goreleaser-v2.15.0
ACTIONLINT := $(TOOLS)/actionlint-v1.7.12
# One line a package, then every failure and every skipped test with its reason.
TEST = $(GOTESTSUM) --format pkgname --format-hide-empty-pkg --

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Show the main jobs, on real servers that it starts and removes itself
	hack/demo.sh
	@if TESTBED_WITHOUT=dot,chromium,gnome-keyring-daemon,zsh,fish hack/install-deps.sh; then go run ./hack/credsdemo; \
	else echo 'Not shown: kubectl datum-creds, whose OpenID provider needs Node.js, see above.'; fi

.PHONY: test
test: test-deps test-unit test-e2e ## Run all tests, those on real servers too

.PHONY: test-unit
test-unit: $(GOTESTSUM) ## Run the tests that need no server
	GOWORK=off $(TEST) -timeout 20m ./...
	cd hack && $(TEST) $$(go list ./... | grep -v /e2e/)

.PHONY: test-e2e
test-e2e: $(GOTESTSUM) test-deps release-snapshot ## Run the tests on real servers, which it builds the first time
	go run ./hack/devcluster servers --flux --flux-cli --kubectl >/dev/null
	go run ./hack/devcluster servers krew validate-krew-manifest >/dev/null
	cd hack && $(TEST) -count=1 -timeout 45m ./e2e/...

# The clients of other projects that hack/e2e/clients runs. Versions are those that build
# with the Go version of go.mod.
CLIENTS := $(addprefix $(TOOLS)/,helm-v4.3.2 k9s-v0.50.16 kubelogin-v0.2.21 aws-iam-authenticator-v0.7.2)

.PHONY: test-clients
test-clients: $(GOTESTSUM) $(CLIENTS) ## Run clients of other projects with the plugins; builds them the first time
	TESTBED_WITHOUT=dot,chromium,gnome-keyring-daemon,zsh,fish hack/install-deps.sh
	go run ./hack/devcluster servers --kubectl >/dev/null
	cd hack && CLIENTS='$(CLIENTS)' $(TEST) -count=1 -timeout 20m ./e2e/clients

$(TOOLS)/helm-v4.3.2: tool = helm.sh/helm/v4/cmd/helm@v4.3.2
$(TOOLS)/k9s-v0.50.16: tool = github.com/derailed/k9s@v0.50.16
$(TOOLS)/kubelogin-v0.2.21: tool = github.com/Azure/kubelogin@v0.2.21
$(TOOLS)/aws-iam-authenticator-v0.7.2: tool = sigs.k8s.io/aws-iam-authenticator/cmd/aws-iam-authenticator@v0.7.2

.PHONY: test-deps
test-deps: ## Install what tests need beyond Go, git and make, where it may
	hack/install-deps.sh

.PHONY: fuzz
fuzz: ## Fuzz each parser and renderer for FUZZTIME (20s)
	hack/fuzz.sh $(or $(FUZZTIME),20s)

.PHONY: bench
bench: ## Measure the plugins against peers and floors, side by side
	go run ./hack/bench
	go run ./hack/credsbench
	go run ./hack/bench/secretsync

.PHONY: build
build: ## Build the plugins into bin/
	$(foreach plugin,$(PLUGINS),$(BUILD) -o bin/$(call binary,$(plugin)) ./plugins/$(plugin) &&) true

.PHONY: install
install: build ## Install plugins, completion and man pages where kubectl, flux and man find them (INSTALL_DIR)
	hack/install.sh '$(INSTALL_DIR)' $(foreach plugin,$(PLUGINS),bin/$(call binary,$(plugin)))

.PHONY: cross
cross: ## Build the plugins for every platform that is released
	$(foreach platform,$(PLATFORMS),echo 'build for $(platform)' && \
	  GOOS=$(firstword $(subst /, ,$(platform))) GOARCH=$(lastword $(subst /, ,$(platform))) \
	  $(BUILD) -o bin/$(subst /,-,$(platform))/ ./plugins/... &&) true

.PHONY: release-snapshot
release-snapshot: $(GORELEASER) ## Build, pack and check all that a release has, into dist/
	hack/release-snapshot.sh '$(GORELEASER)'

.PHONY: release
release: $(GORELEASER) ## Publish the release of TAG, as the workflow does that may
	hack/release.sh '$(GORELEASER)' '$(TAG)'

.PHONY: release-twice
release-twice: $(GORELEASER) ## Build the release of this commit twice, and compare to the byte
	hack/release-twice.sh

KREW_LOCAL ?= dist/krew-root
.PHONY: krew-local
krew-local: release-snapshot ## Install the release with krew into KREW_LOCAL, and have kubectl run it
	hack/krew-local.sh '$(KREW_LOCAL)'

KREW_INDEX ?= dist/krew-index
.PHONY: krew-index
krew-index: release-snapshot ## Write an index for krew, a git repository, into KREW_INDEX
	hack/krew-index.sh '$(KREW_INDEX)'

.PHONY: generate
generate: ## Write generated documents, golden files and license notices anew
	$(PRODUCT) test ./plugins/kubectl-fluxdeps ./plugins/kubectl-fluxdeps/internal/render ./plugins/kubectl-datum-creds ./plugins/kubectl-secretsync -run 'TestReference|TestFormats' -update
	go run ./hack/release notices

.PHONY: picture
picture: ## Draw the picture of the README anew; needs graphviz
	$(PRODUCT) run ./plugins/kubectl-fluxdeps graph -f docs/images/rollout.yaml -o dot --group-by namespace | dot -Tsvg -o docs/images/rollout.svg

.PHONY: lint
lint: $(GOLANGCI_LINT) $(ACTIONLINT) ## Check formatting, the house's rules, go.mod and workflows
	GOWORK=off $(GOLANGCI_LINT) run --allow-parallel-runners ./...
	cd hack && $(GOLANGCI_LINT) run --allow-parallel-runners ./...
	$(PRODUCT) mod tidy -diff
	cd hack && GOWORK=off go mod tidy -diff
	$(ACTIONLINT)
	hack/verify.sh

# A tool's file name holds its version, so that a newer pin is a missing file.
$(GOLANGCI_LINT): tool = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
$(GOTESTSUM): tool = gotest.tools/gotestsum@v1.13.0
$(GORELEASER): tool = github.com/goreleaser/goreleaser/v2@v2.15.0
$(ACTIONLINT): tool = github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
$(GOLANGCI_LINT) $(GOTESTSUM) $(GORELEASER) $(ACTIONLINT) $(CLIENTS):
	mkdir -p '$@.tmp'
	cd '$@.tmp' && GOWORK=off GOFLAGS= GOBIN='$@.tmp' go install $(tool)
	mv '$@.tmp'/* '$@' && rmdir '$@.tmp'

.PHONY: clean
clean: ## Remove what was built here
	rm -rf bin dist
