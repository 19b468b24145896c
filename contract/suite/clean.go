package suite

import (
	"example.com/awalmock/contract/printable"
)

// Clean makes a text safe for a terminal, a log, HTML and XML.
func Clean(text string) string { return printable.Clean(text) }

// CleanLine is Clean for a text that is one line.
func CleanLine(text string) string { return printable.CleanLine(text) }

// CleanJSON is Clean for a JSON text: what it changes stays the same value.
func CleanJSON(text string) string { return printable.CleanJSON(text) }
