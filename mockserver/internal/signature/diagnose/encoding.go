package diagnose

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/printable"
)

// maxEncodings bounds how many ways of writing the same text are tried: of a query, and of a body with each layout.
const maxEncodings = 512

// piece is one character of a text as it was sent, and how else it can be written.
type piece struct {
	sent  string
	class string   // pieces of one class are written alike; "" is a piece that has only one form
	forms []string // the plain one first
	place string   // where the piece is, such as "the parameter searchTerm"
}

// writings calls try with other ways to write the pieces: first each class plain, each class escaped and so on, then the
// classes apart from each other. It stops when try reports true, or after limit calls.
func writings(pieces []piece, limit int, try func(written []string) bool) bool {
	classes, most := classesOf(pieces)
	numbers := make([]int, len(pieces)) // the place of each piece's class in classes, or -1
	for i, p := range pieces {
		numbers[i] = slices.IndexFunc(classes, func(c class) bool { return c.name == p.class })
	}
	written, choice := make([]string, len(pieces)), make([]int, len(classes))
	attempt := func() bool {
		return slices.ContainsFunc(recasings(), func(recase func(string) string) bool {
			if limit--; limit < 0 {
				return false
			}
			for i, p := range pieces {
				if written[i] = p.sent; numbers[i] >= 0 {
					written[i] = recase(p.form(choice[numbers[i]]))
				}
			}
			return try(written)
		})
	}
	for form := range most {
		for i, c := range classes {
			choice[i] = min(form, c.forms)
		}
		if attempt() {
			return true
		}
	}
	clear(choice)
	for next(classes, choice) && limit > 0 {
		if attempt() {
			return true
		}
	}
	return false
}

// form is the piece in form number n, or as it was sent for 0.
func (p piece) form(n int) string {
	if n == 0 {
		return p.sent
	}
	return p.forms[min(n, len(p.forms))-1]
}

// class is a class of pieces, and how many forms they have.
type class struct {
	name  string
	forms int
}

// classesOf lists the classes of the pieces, and how many choices the one with the most forms has.
func classesOf(pieces []piece) ([]class, int) {
	var classes []class
	most := 1
	for _, p := range pieces {
		at := slices.IndexFunc(classes, func(c class) bool { return c.name == p.class })
		switch {
		case p.class == "":
			continue
		case at < 0:
			classes = append(classes, class{p.class, len(p.forms)})
		default:
			classes[at].forms = max(classes[at].forms, len(p.forms))
		}
		most = max(most, len(p.forms)+1)
	}
	return classes, most
}

// next counts the choice one up, and reports false behind the last one.
func next(classes []class, choice []int) bool {
	for i, c := range classes {
		if choice[i]++; choice[i] <= c.forms {
			return true
		}
		choice[i] = 0
	}
	return false
}

// recasings leave an escape as it is, or write its hexadecimal digits in one case.
func recasings() []func(string) string {
	return []func(string) string{
		func(form string) string { return form },
		escapesIn(strings.ToUpper),
		escapesIn(strings.ToLower),
	}
}

func escapesIn(change func(string) string) func(string) string {
	return func(form string) string {
		switch {
		case strings.HasPrefix(form, "%"):
			return change(form)
		case strings.HasPrefix(form, `\u`):
			return strings.ReplaceAll(change(form), `\U`, `\u`)
		}
		return form
	}
}

// differences says where the pieces were written otherwise than they were sent: three examples and the place of the first.
func differences(pieces []piece, written []string) string {
	var found []string
	place := ""
	for i, p := range pieces {
		if p.sent == written[i] {
			continue
		}
		text := shown(written[i]) + " where " + shown(p.sent) + " was sent"
		if slices.Contains(found, text) {
			continue
		}
		if found = append(found, text); len(found) == 1 {
			place = p.place
		}
	}
	if len(found) == 0 {
		return ""
	}
	more := ""
	if len(found) > 3 {
		more = fmt.Sprintf(" and %d more", len(found)-3)
	}
	return strings.Join(found[:min(3, len(found))], ", ") + more + " (" + place + ")"
}

// shown is a form of a piece as it can be read inside a sentence.
func shown(form string) string {
	switch form {
	case "":
		return "nothing"
	case " ":
		return "a space"
	}
	return printable.Line(form)
}

func joined(written []string) []byte {
	var out bytes.Buffer
	for _, form := range written {
		out.WriteString(form)
	}
	return out.Bytes()
}

// eachWriting is writings with a small share of what is left of the budget. To write the pieces costs as well.
func (s *search) eachWriting(pieces []piece, size int, try func(written []string) bool) bool {
	cost := 16 * len(pieces)
	limit := min(maxEncodings, max(s.budget, 0)/16/(size+cost+sha256.BlockSize))
	return writings(pieces, limit, func(written []string) bool {
		s.budget -= cost
		return try(written)
	})
}
