package output

import (
	"bufio"
	"io"
	"strings"
)

// minLast is what the last column of a table keeps on a narrow terminal.
const minLast = 20

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
	// Width is the terminal's, to which the last column is cut; 0 cuts nothing.
	Width     int
	Color     bool
	NoHeaders bool
}

// Write writes the table.
func (t Table) Write(w io.Writer, o TableOptions) error {
	widths := t.widths(o)
	b := bufio.NewWriter(w)
	if !o.NoHeaders {
		header := make([]Cell, len(t.Columns))
		for i, name := range t.Columns {
			header[i].Text = name
		}
		writeRow(b, header, widths, o)
	}
	for _, row := range t.Rows {
		writeRow(b, row, widths, o)
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

// writeRow writes the cells as far as there is something in them. Spaces are
// owed and only paid before the next text, so that no line ends in them. The
// writer keeps its first error for Flush.
func writeRow(b *bufio.Writer, row []Cell, widths []int, o TableOptions) {
	at, owed := 0, 0
	for i, cell := range row {
		if widths[i] == 0 {
			continue
		}
		if i == len(row)-1 && o.Width > 0 {
			cell.Text = Cut(cell.Text, max(minLast, o.Width-at-owed))
		}
		width := cell.width()
		if width > 0 {
			b.WriteString(strings.Repeat(" ", owed))
			at += owed + width
			owed = 0
			cell.write(b, o.Color)
		}
		owed += widths[i] - width + gap
	}
	b.WriteByte('\n')
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
