//go:build !linux

package served

// startOf is not known here: a process that gets the id of one that was given
// the same token costs one renewal too many.
func startOf(int) string { return "" }
