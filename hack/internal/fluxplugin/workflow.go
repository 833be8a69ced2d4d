package fluxplugin

import (
	"fmt"
	"strings"
)

// UpdateWorkflow returns the workflow by which the catalog learns of new versions of a
// plugin, .github/workflows/update-NAME.yaml at fluxcd/plugins, as that repository asks
// of each plugin (AGENTS.md, d83580d). The inputs are those of its update-plugin.yaml
// (3bde602), which finds the release, checks the checksums and opens a pull request.
func UpdateWorkflow(p *Plugin) (path string, text []byte) {
	const workflow = `name: update-%[1]s
on:
  schedule:
    - cron: '0 */6 * * *'
  workflow_dispatch:
    inputs:
      version:
        description: The version to add, without v; the newest release if empty
        required: false
        type: string
permissions:
  contents: write
  pull-requests: write
jobs:
  update:
    uses: ./.github/workflows/update-plugin.yaml
    with:
      plugin: %[1]s
      repo: %[2]s
      bin: %[3]s
      version: ${{ inputs.version }}
    secrets:
      token: ${{ secrets.GITHUB_TOKEN }}
`
	repo := strings.TrimPrefix(p.Source, "https://github.com/")
	return ".github/workflows/update-" + p.Name + ".yaml", fmt.Appendf(nil, workflow, p.Name, repo, p.Bin)
}
