package docs_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// block is one fenced block of a page.
type block struct {
	line     int
	language string
	text     string
	mark
}

// mark is the comment before a block of commands, which says whether it is run.
type mark struct {
	// run reports whether it is; else reason says why not.
	run    bool
	reason string
	// state is what has to be before.
	state string
	// exit is the code that the last command ends with.
	exit int
}

var markText = regexp.MustCompile(`^<!-- (?:not run: (.+)|test(?:: ([a-z-]+))?(?:; exit (\d+))?) -->$`)

// What Markdown takes for a block, in lists and quotes too, and parse for text.
var (
	otherFence = regexp.MustCompile("^[\\s>]*(?:(?:[-*+]|\\d+[.)])\\s+)*(?:~~~|```)")
	indented   = regexp.MustCompile(`^(?: {4}| {0,3}\t)\s*\S`)
)

// commands are the languages of blocks that people type.
func commands() []string { return []string{"sh", "console"} }

// data are the languages of blocks that nobody runs.
func data() []string { return []string{"json", "yaml", "text"} }

// parse returns the blocks of a page, and what keeps it from being checked.
func parse(page string) (blocks []block, problems []string) {
	var open *block
	before := ""
	for i, line := range strings.Split(page, "\n") {
		switch fence, fenced := strings.CutPrefix(line, "```"); {
		case fenced && open == nil:
			open = &block{line: i + 1, language: fence}
			problems = append(problems, open.read(before)...)
		case fenced:
			blocks, open = append(blocks, *open), nil
		case open == nil && otherFence.MatchString(line):
			problems = append(problems, fmt.Sprintf("line %d: a fence that is not ``` at the line's begin", i+1))
		case open != nil:
			open.text += line + "\n"
		case indented.MatchString(line) && strings.TrimSpace(before) == "":
			problems = append(problems, fmt.Sprintf("line %d: an indented block; fence it", i+1))
		}
		before = line
	}
	if open != nil {
		problems = append(problems, fmt.Sprintf("line %d: a block without an end", open.line))
	}
	return blocks, problems
}

// read reads the comment before the block.
func (b *block) read(before string) (problems []string) {
	found := markText.FindStringSubmatch(before)
	switch {
	case slices.Contains(data(), b.language) && found == nil:
		return nil
	case !slices.Contains(commands(), b.language):
		return []string{fmt.Sprintf("line %d: a block of language %q: want one of %v or %v", b.line, b.language, commands(), data())}
	case found == nil:
		return []string{fmt.Sprintf("line %d: a block of commands without <!-- test: STATE --> or <!-- not run: REASON --> before it", b.line)}
	}
	b.reason, b.state, b.run = found[1], found[2], found[1] == ""
	b.exit, _ = strconv.Atoi(found[3]) // the expression takes digits only
	return nil
}

// step is a command with what it prints, where the page shows that.
type step struct{ command, output string }

// steps are those of a console block: lines that begin with $, and what stands
// below them. A command goes on behind a line that ends with \.
func (b *block) steps() (steps []step) {
	goesOn := false
	for line := range strings.Lines(b.text) {
		command, begins := strings.CutPrefix(line, "$ ")
		switch {
		case goesOn:
			steps[len(steps)-1].command += line
		case begins:
			steps = append(steps, step{command: command})
		case len(steps) == 0:
			steps = append(steps, step{command: "echo 'a console block begins with $'; false"})
		default:
			steps[len(steps)-1].output += line
		}
		goesOn = strings.HasSuffix(line, "\\\n") && (begins || goesOn)
	}
	return steps
}

var (
	ages   = regexp.MustCompile(`\b(\d+(ms|[smhdy]))+\b|\b\d{4}-\d\d-\d\dT[\d:]+Z`)
	spaces = regexp.MustCompile(`(\S) {2,}`)
)

// normal is an output without what differs from run to run: ages and times, and
// the width of columns that follows from them.
func normal(output string) string {
	var lines []string
	for line := range strings.Lines(output) {
		line = spaces.ReplaceAllString(ages.ReplaceAllString(line, "AGE"), "$1 ")
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func TestParse(t *testing.T) {
	blocks, problems := parse("<!-- test: fleet; exit 3 -->\n```console\n$ a \\\n  b\n1\n$ c\n```\n<!-- not run: why -->\n```sh\nx\n```\n```json\n{}\n```\n")
	if len(problems) > 0 || len(blocks) != 3 || blocks[0].state != "fleet" || blocks[0].exit != 3 || blocks[1].run || blocks[1].reason != "why" {
		t.Errorf("%+v, %v", blocks, problems)
	}
	if got := blocks[0].steps(); !slices.Equal(got, []step{{"a \\\n  b\n", "1\n"}, {"c\n", ""}}) {
		t.Errorf("%q", got)
	}
	for page, want := range map[string]string{
		"```sh\nx\n```\n":                          "without <!-- test",
		"<!-- tset -->\n```sh\nx\n```\n":           "without <!-- test",
		"<!-- not run -->\n```sh\nx\n```\n":        "without <!-- test",
		"```\nx\n```\n":                            "language",
		"<!-- test -->\n```ruby\nx\n```\n":         "language",
		"text\n\n    kubectl get pods\n":           "indented",
		"text\n\n\tkubectl get pods\n":             "indented",
		"- x\n  ```sh\nx\n":                        "a fence that is not",
		"~~~sh\nx\n":                               "a fence that is not",
		"> ```sh\n> x\n":                           "a fence that is not",
		"1. ```sh\nx\n":                            "a fence that is not",
		"<!-- test -->\n```sh\nkubectl get pods\n": "without an end",
	} {
		if _, problems := parse(page); len(problems) != 1 || !strings.Contains(problems[0], want) {
			t.Errorf("%q: %v", page, problems)
		}
	}
	if normal("NAME  AGE\nx     5d2h\n") != normal("NAME   AGE\nx      12ms\n\n") || normal("a 5s") == normal("b 5s") || normal("a\n  b") == normal("a\n b") {
		t.Error("ages differ, or names do not")
	}
}
