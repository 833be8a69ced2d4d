package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/failure"
	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
)

// version is set by the release build:
// -ldflags "-X github.com/datum-cloud/kubectl-plugins/pkg/common/cli.version=v1.2.3".
var version string

// VersionInfo is what `version -o json` prints.
type VersionInfo struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	// Version is the release's tag, or what `git describe` or the Go module
	// proxy call the commit.
	Version string `json:"version"`
	// Commit and Date are of the source; empty where the build did not record them.
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"goVersion"`
	Platform string `json:"platform"`
}

// Version tells the version of the running binary: what the release build set,
// else what the Go toolchain recorded.
func Version(name string) VersionInfo {
	info := VersionInfo{
		APIVersion: "plugins.datum.net/v1alpha1", Kind: "VersionInfo", Name: name,
		Version: version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		info.fill(build)
	}
	if info.Version == "" {
		info.Version = "(devel)"
	}
	return info
}

func (v *VersionInfo) fill(build *debug.BuildInfo) {
	if v.Version == "" {
		v.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Date = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
}

// NewVersionCommand returns `version [-o json|yaml]` of the binary called name.
func NewVersionCommand(name string, streams genericiooptions.IOStreams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the plugin",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return writeVersion(streams.Out, Version(name), format)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "", "Output format: json or yaml.")
	CompleteFlags(cmd, map[string]Values{"output": Fixed("json", "yaml")})
	return cmd
}

func writeVersion(w io.Writer, info VersionInfo, format string) error {
	switch format {
	case "":
		_, err := fmt.Fprintf(w, "%s %s\n", info.Name, info.Version)
		return err
	case "json":
		return output.WriteJSON(w, info)
	case "yaml":
		return output.WriteYAML(w, info)
	default:
		return failure.Input(fmt.Errorf("--output=%q: want json or yaml", format))
	}
}
