package engine

import (
	"errors"
	"strconv"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/spec"
)

// How much is said of what the document does not know: in headers X-Mock-Warning, which clients bound, and in the details of
// a refusal.
const (
	maxWarnings      = 5
	maxWarningBytes  = 1 << 10 // of all warnings of an answer together
	lastWarningBytes = 50      // kept for how many more there are
	maxWarningName   = 48      // of a name that a client chose
	maxRefusals      = 100
)

// Warn warns the caller in a header X-Mock-Warning, and in the log. It is false when there is no more room: what is said beside
// an answer must never be what breaks it.
func (x *Exchange) Warn(text string) bool {
	size := len(text)
	for _, said := range x.Warnings {
		size += len(said)
	}
	if size > maxWarningBytes || size > maxWarningBytes-lastWarningBytes && len(text) > lastWarningBytes {
		return false
	}
	x.Warnings = append(x.Warnings, text)
	x.w.Header()["X-Mock-Warning"] = x.Warnings
	return true
}

// warnOfContentType says what is wrong with a Content-Type that is understood all the same.
func (x *Exchange) warnOfContentType() {
	sent := x.HTTP.Header["Content-Type"]
	if len(sent) != 1 || len(x.Operation.Bodies) == 0 || sent[0] == x.Operation.Bodies[0].Type || len(x.Body) == 0 && x.Form == nil {
		return
	}
	if problem := spec.ParseContentType(sent[0]).Problem; problem != "" {
		x.Warn("Content-Type: " + problem)
	}
}

// unknown deals with what the document does not know, in a request that is right (err is nil) and in one that is not: a
// warning in the header X-Mock-Warning, a refusal with Strict.
func (e *Engine) unknown(x *Exchange, r *spec.Request, err error) error {
	if err == nil && len(r.Unknown) == 0 {
		return nil
	}
	invalid := &spec.InvalidError{}
	switch {
	case err == nil:
		invalid.Unknown = r.Unknown
	case !errors.As(err, &invalid):
		return err
	}
	if len(invalid.Unknown) == 0 {
		return err
	}
	if !e.Strict {
		x.warnOfUnknown(invalid.Unknown)
		return err
	}
	for _, u := range invalid.Unknown[:min(maxRefusals, len(invalid.Unknown))] {
		invalid.Violations = append(invalid.Violations, spec.Violation{
			Field: u.Name, In: u.In, Rule: "unknown", Text: "is not known in the " + u.In + suggestion(x.Operation, u), Pointer: x.Operation.Pointer,
		})
	}
	return invalid
}

// warnOfUnknown names a few of the names that the document does not have, and how many more there are.
func (x *Exchange) warnOfUnknown(list []spec.Unknown) {
	for i, u := range list {
		name := strconv.QuoteToASCII(CutMiddle(u.Name, maxWarningName))
		text := name + " is no known " + u.In + " parameter or property" + suggestion(x.Operation, u)
		last := "and " + strconv.Itoa(len(list)-i) + " more unknown names"
		if i == maxWarnings || !x.Warn(text) {
			x.Warn(last)
			return
		}
	}
}

// suggestion says where an unknown name belongs, or which known name was probably meant.
func suggestion(op *spec.Operation, u spec.Unknown) string {
	if in := op.Place(u.Name); in != "" && in != u.In {
		return "; it belongs in the " + in
	}
	if u.Nearest == "" {
		return ""
	}
	return "; did you mean " + asciiName(u.Nearest) + "?"
}

// asciiName is a name of the document as a header may carry it.
func asciiName(name string) string {
	quoted := strconv.QuoteToASCII(CutMiddle(name, maxWarningName))
	return quoted[1 : len(quoted)-1]
}

// CutMiddle shortens a text to about limit bytes: its beginning and its end say more than its middle.
func CutMiddle(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const gap = "..."
	head := (limit - len(gap) + 1) / 2
	tail := len(text) - (limit - len(gap) - head)
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return text[:head] + gap + text[tail:]
}
