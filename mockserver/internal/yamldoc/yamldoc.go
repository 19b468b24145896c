// Package yamldoc reads a file of one YAML document, or reports the line in which it cannot be read.
//
// It must not know what a document is about.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// An Error is the reason why a text is not a YAML document.
type Error struct {
	Line, Column int // 1-based; 0 when the text as a whole is meant
	Reason       string
}

// Error returns the reason, in one line, without the place.
func (e *Error) Error() string { return e.Reason }

// Parse reads the one document of a text and returns its outermost node. Every error is an *Error.
func Parse(text []byte) (*yaml.Node, error) {
	source := yaml.NewDecoder(bytes.NewReader(text))
	var document, second yaml.Node
	if err := source.Decode(&document); err != nil {
		return nil, unreadable(err, text)
	}
	switch err := source.Decode(&second); {
	case err == nil:
		return nil, &Error{Line: second.Line, Column: second.Column, Reason: "a second document begins here: one file holds one document"}
	case !errors.Is(err, io.EOF):
		return nil, unreadable(err, text)
	}
	return document.Content[0], nil
}

// unreadable finds the place of what the library could not read.
func unreadable(err error, text []byte) *Error {
	if errors.Is(err, io.EOF) {
		return &Error{Reason: "the file is empty"}
	}
	var at *yaml.LoadError
	if !errors.As(err, &at) {
		return &Error{Reason: "is not valid YAML: " + oneLine(err.Error())}
	}
	reason := "is not valid YAML: " + oneLine(strings.TrimPrefix(at.Message, "yaml: "))
	if at.Mark.Line == 0 { // the library gives no place of bytes that are no text
		return &Error{Line: lineOfNoText(text), Reason: reason}
	}
	e := &Error{Line: at.Mark.Line, Column: at.Mark.Column, Reason: reason}
	begins := at.ContextMark.Line
	// The library reports the line in which it stopped: the end of the file if something is not closed, the next line for a key
	// without a colon. The user has to repair the line in which that began.
	end := at.Mark.Line > lines(text) || strings.Contains(at.Message, "end of stream")
	switch {
	case begins > 0 && (end || at.ContextMsg == "while scanning a simple key"):
		e.Line, e.Column = begins, at.ContextMark.Column
	case end:
		e.Line, e.Column = lines(text), 0
	case begins > 0 && begins < at.Mark.Line && strings.Contains(at.ContextMsg, "flow"):
		e.Reason += fmt.Sprintf(" (%s that begins in line %d)", at.ContextMsg, begins)
	}
	if end && !strings.Contains(at.Message, "end of stream") {
		e.Reason += " before the end of the file"
	}
	e.Line = min(e.Line, lines(text))
	return e
}

// lines is how many lines a text has, but for empty ones at its end.
func lines(text []byte) int { return bytes.Count(bytes.TrimSpace(text), []byte("\n")) + 1 }

// lineOfNoText is the line of the first byte that is no UTF-8 or a control character; 0 if there is none.
func lineOfNoText(text []byte) int {
	line := 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == '\n':
			line++
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\t' && r != '\r', r >= 0x7f && r < 0xa0 && r != 0x85:
			return line
		}
		i += size
	}
	return 0
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
