package output

// Foreground reports whether this process may use the terminal that the stream is:
// Windows has no jobs in the background of one.
func Foreground(stream any) bool { return IsTerminal(stream) }
