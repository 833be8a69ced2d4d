package output

import (
	"bufio"
	"io"
	"strings"

	"github.com/mitchellh/go-wordwrap"
)

// minLast is what the last column of a table needs on a terminal: where there
// is less, its texts stand below their rows, in full.
const minLast = 40

// belowIndent stands before such a text.
const belowIndent = "    "

// gap is how many spaces stand between two columns, as in kubectl.
const gap = 3

// Cell is one field of a table. Its texts must have been escaped.
type Cell struct {
	// Lead stands before the text in grey: the branches of a tree.
	Lead  string
	Text  string
	Color Color
}

// Table is text in columns. A column in which nothing stands is left out.
type Table struct {
	Columns []string
	Rows    [][]Cell
}

// TableOptions say how to write a table.
type TableOptions struct {
	// Width is the terminal's: the last column is cut to it, or stands below;
	// 0 is no terminal, where nothing is cut.
	Width     int
	Color     bool
	NoHeaders bool
}

// Write writes the table.
func (t Table) Write(w io.Writer, o TableOptions) error {
	b := bufio.NewWriter(w)
	rows := tableWriter{Writer: b, widths: t.widths(o), TableOptions: o}
	rows.below = rows.lastHasNoRoom()
	if !o.NoHeaders {
		header := make([]Cell, len(t.Columns))
		for i, name := range t.Columns {
			header[i].Text = name
		}
		if rows.below {
			header[len(header)-1] = Cell{}
		}
		rows.write(header)
	}
	for _, row := range t.Rows {
		rows.write(row)
	}
	return b.Flush()
}

// widths returns the columns' widths, 0 for those to leave out.
func (t Table) widths(o TableOptions) []int {
	widths := make([]int, len(t.Columns))
	for _, row := range t.Rows {
		for i, cell := range row {
			widths[i] = max(widths[i], cell.width())
		}
	}
	for i, name := range t.Columns {
		if widths[i] > 0 && !o.NoHeaders {
			widths[i] = max(widths[i], Width(name))
		}
	}
	return widths
}

func (c Cell) width() int { return Width(c.Lead) + Width(c.Text) }

// tableWriter writes rows of one table. Its writer keeps the first error for
// Flush.
type tableWriter struct {
	*bufio.Writer
	TableOptions
	widths []int
	// below is true where the last column's texts stand below their rows.
	below bool
}

// lastHasNoRoom reports whether the last column would have to be cut to less
// than it needs.
func (t *tableWriter) lastHasNoRoom() bool {
	last := len(t.widths) - 1
	if t.Width == 0 || last < 0 {
		return false
	}
	used := 0
	for _, width := range t.widths[:last] {
		if width > 0 {
			used += width + gap
		}
	}
	return t.widths[last] > t.Width-used && t.Width-used < minLast
}

func (t *tableWriter) write(row []Cell) {
	last := len(row) - 1
	if !t.below || last < 0 {
		t.line(row)
		return
	}
	t.line(row[:last])
	if row[last].Text == "" {
		return
	}
	width := max(minLast, t.Width) - len(belowIndent)
	for line := range strings.Lines(wordwrap.WrapString(row[last].Text, uint(width))) { //nolint:gosec // not negative
		Cell{Lead: belowIndent, Text: strings.TrimSuffix(line, "\n"), Color: row[last].Color}.write(t.Writer, t.Color)
		t.WriteByte('\n')
	}
}

// line writes the cells as far as there is something in them. Spaces are owed
// and only paid before the next text, so that no line ends in them.
func (t *tableWriter) line(row []Cell) {
	at, owed := 0, 0
	for i, cell := range row {
		if t.widths[i] == 0 {
			continue
		}
		if i == len(t.widths)-1 && t.Width > 0 {
			cell.Text = Cut(cell.Text, max(minLast, t.Width-at-owed))
		}
		width := cell.width()
		if width > 0 {
			t.WriteString(strings.Repeat(" ", owed))
			at += owed + width
			owed = 0
			cell.write(t.Writer, t.Color)
		}
		owed += t.widths[i] - width + gap
	}
	t.WriteByte('\n')
}

func (c Cell) write(b *bufio.Writer, color bool) {
	if !color {
		b.WriteString(c.Lead)
		b.WriteString(c.Text)
		return
	}
	b.WriteString(Grey.Paint(c.Lead))
	b.WriteString(c.Color.Paint(c.Text))
}
