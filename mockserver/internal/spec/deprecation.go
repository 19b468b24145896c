package spec

import (
	"strings"
	"time"
)

// A Deprecation is x-deprecation, of an operation or of the whole document: {date, sunset, message}.
type Deprecation struct {
	Date    string    // when the version becomes deprecated, YYYY-MM-DD
	Sunset  string    // the last day on which it is answered
	Ends    time.Time // the first moment after it, in UTC
	Message string    // for people
}

// deprecation compiles x-deprecation at a place; nil: there is none.
func (c *compiler) deprecation(pointer string) (*Deprecation, error) {
	node, _ := c.tree.at(pointer)
	if node == nil {
		return nil, nil
	}
	d := &Deprecation{Date: text(node, "date"), Sunset: text(node, "sunset"), Message: text(node, "message")}
	begins, errDate := time.Parse(time.DateOnly, d.Date)
	ends, errSunset := time.Parse(time.DateOnly, d.Sunset)
	switch {
	case errDate != nil:
		return nil, c.errorAt(pointer, "date must be a day such as 2024-12-31, when the version becomes deprecated")
	case errSunset != nil:
		return nil, c.errorAt(pointer, "sunset must be a day such as 2025-12-31, the last one on which the version is answered")
	case ends.Before(begins):
		return nil, c.errorAt(pointer, "sunset must not be before date")
	case d.Message == "" || strings.ContainsFunc(d.Message, func(r rune) bool { return r < ' ' || r > '~' }):
		return nil, c.errorAt(pointer, "message must be a text in ASCII, in one line: it is sent in a header")
	}
	d.Ends = ends.AddDate(0, 0, 1)
	return d, nil
}

// operationDeprecation is that of an operation, else that of the document.
func (c *compiler) operationDeprecation(op *Operation, deprecated bool) (err error) {
	pointer := op.Pointer + "/x-deprecation"
	if op.Deprecation, err = c.deprecation(pointer); err != nil {
		return err
	}
	if op.Deprecation != nil && !deprecated {
		return c.errorAt(pointer, "needs deprecated: true beside it, which other tools read")
	}
	if op.Deprecation == nil {
		op.Deprecation, err = c.deprecation("/x-deprecation")
	}
	return err
}
