package gate

import "slices"

// Merge returns one report of several, which are of different entries. An
// allowance is used if it is in one of them.
func Merge(reports []*Report) *Report {
	merged := &Report{}
	for i, r := range reports {
		merged.Findings = append(merged.Findings, r.Findings...)
		merged.Unchecked = append(merged.Unchecked, r.Unchecked...)
		merged.Allowed = append(merged.Allowed, r.Allowed...)
		merged.Checked.add(r.Checked)
		merged.NotChecked.add(r.NotChecked)
		if i == 0 {
			merged.Unused = slices.Clone(r.Unused)
			continue
		}
		merged.Unused = slices.DeleteFunc(merged.Unused, func(a Allowance) bool { return !slices.Contains(r.Unused, a) })
	}
	(&checker{report: merged}).order()
	return merged
}

func (c *Counts) add(other Counts) {
	c.Entries += other.Entries
	c.Objects += other.Objects
	c.Edges += other.Edges
}
