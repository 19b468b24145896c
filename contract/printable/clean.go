package printable

import (
	"fmt"
	"regexp"
	"strings"
)

// Clean makes a text safe for a terminal, a log, HTML and XML: what a target sends may hold escape sequences, characters that turn the
// direction of a line, and lines that a CI server would read as commands. What cannot be seen is written as an escape, and a command is broken
// with a backslash. Line feeds and tabs stay.
func Clean(text string) string { return breakCommands(Text(text)) }

// CleanLine is Clean for a text that is one line.
func CleanLine(text string) string { return breakCommands(Line(text)) }

// CleanJSON is Clean for a JSON text: what it changes stays the same value.
func CleanJSON(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if strings.ContainsFunc(text, func(r rune) bool { return !Is(r) && r != '\n' }) {
		text = escapeJSON(text)
	}
	if !strings.Contains(text, "##") {
		return text
	}
	return anywhere.ReplaceAllString(text, `#\u0023$1`)
}

func escapeJSON(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case Is(r) || r == '\n':
			out.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.String()
}

var (
	// GitHub reads a line that begins with :: also with space before it; it and Azure Pipelines look for ##[ and ##vso[ anywhere in a line,
	// TeamCity for ##teamcity[.
	lineStart = regexp.MustCompile(`(?m)^([\s]*):(:)`)
	anywhere  = regexp.MustCompile(`#(?:#)((?i:vso|teamcity)?\[)`)
)

func breakCommands(text string) string {
	if strings.Contains(text, "::") {
		text = lineStart.ReplaceAllString(text, `$1\:$2`)
	}
	if strings.Contains(text, "##") {
		text = anywhere.ReplaceAllString(text, `#\#$1`)
	}
	return text
}
