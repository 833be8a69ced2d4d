package output

import (
	"errors"
	"io"
)

// ColorMode says when to colour. It is a pflag.Value.
type ColorMode string

// The modes of --color.
const (
	ColorAuto   ColorMode = "auto"
	ColorAlways ColorMode = "always"
	ColorNever  ColorMode = "never"
)

// String returns the mode.
func (m *ColorMode) String() string { return string(*m) }

// Type names the flag's values in help texts.
func (m *ColorMode) Type() string { return "auto|always|never" }

// Set takes one of the three modes.
func (m *ColorMode) Set(text string) error {
	switch mode := ColorMode(text); mode {
	case ColorAuto, ColorAlways, ColorNever:
		*m = mode
		return nil
	default:
		return errors.New("want auto, always or never")
	}
}

// For reports whether to colour what is written to w. Auto colours on a
// terminal, unless NO_COLOR is set or TERM is dumb.
func (m ColorMode) For(w io.Writer) bool {
	return m == ColorAlways || (m != ColorNever && allowsColor(w))
}

// Color is an SGR colour of a terminal.
type Color string

// The colours in use: the basic ones, which every theme keeps readable.
const (
	Plain  Color = ""
	Red    Color = "31"
	Green  Color = "32"
	Yellow Color = "33"
	Cyan   Color = "36"
	Grey   Color = "90"
	Bold   Color = "1"
)

// Paint returns text in the colour. The text must have been escaped.
func (c Color) Paint(text string) string {
	if c == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}
