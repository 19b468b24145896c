package commandline

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// ManPage writes the man page of a program (section 1, for man and groff). It holds no date, so that the same program has the same page.
func ManPage(w io.Writer, name string, app *kong.Application) error {
	var b strings.Builder
	summary, rest, _ := strings.Cut(app.Help, "\n")
	fmt.Fprintf(&b, ".TH %s 1 \"\" awalmock\n.SH NAME\n%s \\- %s\n", strings.ToUpper(escaped(name)), escaped(name), escaped(summary))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n[\\fICOMMAND\\fR] [\\fIFLAGS\\fR]\n", escaped(name))
	if rest = strings.TrimSpace(rest); rest != "" {
		fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n", paragraphs(rest))
	}
	b.WriteString(".SH COMMANDS\n")
	for _, node := range app.Children {
		if node.Hidden {
			continue
		}
		title := node.Name
		if app.DefaultCmd == node {
			title += " (default)"
		}
		section(&b, title, node)
		for _, child := range node.Children {
			section(&b, node.Name+" "+child.Name, child)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// section writes what a command does, and its flags.
func section(b *strings.Builder, title string, node *kong.Node) {
	fmt.Fprintf(b, ".SS %s\n%s\n", escaped(title), paragraphs(strings.TrimSpace(node.Help+"\n\n"+node.Detail)))
	for _, f := range newFlags(node.Flags) {
		fmt.Fprintf(b, ".TP\n%s\n%s\n", flagTitle(f), paragraphs(f.help))
	}
}

func flagTitle(f flag) string {
	title := `\fB\-\-` + escaped(f.name) + `\fR`
	if f.takesValue {
		title += `=\fI` + escaped(f.placeholder) + `\fR`
	}
	return title
}

// paragraphs is a text of several paragraphs for groff.
func paragraphs(text string) string {
	parts := strings.Split(text, "\n\n")
	for i, part := range parts {
		lines := strings.Split(strings.TrimSpace(part), "\n")
		for j, line := range lines {
			lines[j] = escaped(line)
		}
		parts[i] = strings.Join(lines, "\n")
	}
	return strings.Join(parts, "\n.PP\n")
}

// escaped is a line of text in which groff sees nothing of its own.
func escaped(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	return line
}
