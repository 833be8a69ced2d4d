package signin

// Way is a way to sign in.
type Way string

// The ways.
const (
	ByBrowser Way = "browser"
	ByDevice  Way = "device"
)

// Surroundings is what decides whether a browser on this machine would be the
// user's.
type Surroundings struct {
	GOOS   string
	Getenv func(string) string
	// Exists reports whether a file exists, Finds whether a command does.
	Exists, Finds func(string) bool
}

// Choose returns the way to sign in, and why it is not the browser.
func (s Surroundings) Choose() (way Way, why string) {
	for _, sign := range []struct {
		found bool
		why   string
	}{
		{s.Getenv("SSH_CONNECTION") != "" || s.Getenv("SSH_TTY") != "", "this is an SSH session"},
		{s.Getenv("WSL_DISTRO_NAME") != "" || s.Getenv("WSL_INTEROP") != "", "this is WSL"},
		{s.Exists("/.dockerenv") || s.Exists("/run/.containerenv") || s.Getenv("KUBERNETES_SERVICE_HOST") != "", "this is a container"},
		{s.Getenv("CODESPACES") != "" || s.Getenv("CLOUD_SHELL") != "", "this is a cloud shell"},
		{s.unix() && s.Getenv("DISPLAY") == "" && s.Getenv("WAYLAND_DISPLAY") == "", "there is no display"},
		{s.unix() && !s.Finds("xdg-open"), "there is no xdg-open"},
	} {
		if sign.found {
			return ByDevice, sign.why
		}
	}
	return ByBrowser, ""
}

// unix reports whether a browser needs a display and xdg-open.
func (s Surroundings) unix() bool { return s.GOOS != "darwin" && s.GOOS != "windows" }
