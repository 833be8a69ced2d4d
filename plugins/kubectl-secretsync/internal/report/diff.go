package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/datum-cloud/kubectl-plugins/pkg/common/output"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/api/v1alpha1"
	"github.com/datum-cloud/kubectl-plugins/plugins/kubectl-secretsync/internal/plan"
)

// writeDiff lists the differences of each target that has any. There are no
// values in it to hide.
func writeDiff(w io.Writer, r v1alpha1.Report, o Options) error {
	var b strings.Builder
	for _, t := range r.Targets {
		if t.Action != string(plan.Unchanged) {
			b.WriteString(block(t, o.Color))
		}
	}
	if !o.NoHeaders {
		fmt.Fprintln(&b, Summary(r))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func block(t v1alpha1.Target, color bool) string {
	var b strings.Builder
	paint := func(c output.Color, text string) string {
		if !color {
			return text
		}
		return c.Paint(text)
	}
	fmt.Fprintf(&b, "%s  %s/%s  %s", paint(output.Bold, output.Text(t.Cluster)), output.Text(t.Namespace), output.Text(t.Name), t.Action)
	if t.Message != "" {
		fmt.Fprintf(&b, ": %s", output.Text(t.Message))
	}
	b.WriteByte('\n')
	if t.Changes != nil {
		for _, line := range lines(*t.Changes) {
			fmt.Fprintf(&b, "  %s\n", paint(colorOf(line), line))
		}
	}
	return b.String()
}

func colorOf(line string) output.Color {
	switch line[0] {
	case '+':
		return output.Green
	case '-':
		return output.Red
	default:
		return output.Yellow
	}
}

func lines(c v1alpha1.Changes) (out []string) {
	if c.FromType != "" {
		out = append(out, fmt.Sprintf("~ type %s -> %s", output.Text(c.FromType), output.Text(c.ToType)))
	}
	for _, key := range c.Keys {
		out = append(out, sign(key.Change)+" "+output.Text(key.Key)+"  "+sizes(key))
	}
	for _, label := range c.Labels {
		out = append(out, "~ label "+output.Text(label))
	}
	for _, annotation := range c.Annotations {
		out = append(out, "~ annotation "+output.Text(annotation))
	}
	return out
}

func sizes(key v1alpha1.KeyChange) string {
	switch key.Change {
	case plan.Added:
		return fmt.Sprintf("%d bytes", key.ToSize)
	case plan.Removed, plan.Kept:
		return fmt.Sprintf("%d bytes", key.FromSize)
	default:
		return fmt.Sprintf("%d -> %d bytes", key.FromSize, key.ToSize)
	}
}
