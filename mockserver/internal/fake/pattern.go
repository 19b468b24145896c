package fake

import (
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/brianvoe/gofakeit/v7"
)

// A weaver makes texts that match a regular expression. gofakeit's own generator repeats at most ten times and draws from
// all of Unicode: this one can be stretched to a length, and prefers what people can read.
type weaver struct {
	f             *gofakeit.Faker
	least, spread int // a part that may stand any number of times stands least to least+spread times, if it may
	text          strings.Builder
}

// maxText bounds what a pattern may make.
const maxText = 1 << 16

func weave(pattern string, f *gofakeit.Faker, least, spread int) (string, error) {
	expression, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	w := &weaver{f: f, least: least, spread: spread}
	w.write(expression)
	return w.text.String(), nil
}

func (w *weaver) write(e *syntax.Regexp) {
	if w.text.Len() > maxText {
		return
	}
	switch e.Op {
	case syntax.OpLiteral:
		w.text.WriteString(string(e.Rune))
	case syntax.OpCharClass:
		w.text.WriteRune(w.draw(e.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.text.WriteRune(w.draw([]rune{'a', 'z'}))
	case syntax.OpStar:
		w.repeat(e.Sub[0], 0, -1)
	case syntax.OpPlus:
		w.repeat(e.Sub[0], 1, -1)
	case syntax.OpQuest:
		w.repeat(e.Sub[0], 0, 1)
	case syntax.OpRepeat:
		w.repeat(e.Sub[0], e.Min, e.Max)
	case syntax.OpAlternate:
		w.write(e.Sub[w.f.Number(0, len(e.Sub)-1)])
	case syntax.OpConcat, syntax.OpCapture:
		for _, part := range e.Sub {
			w.write(part)
		}
	default: // marks of a place, which have no text
	}
}

func (w *weaver) repeat(e *syntax.Regexp, low, high int) {
	if high >= 0 {
		low = max(low, min(w.least, high))
		high = min(low+w.spread, high)
	} else {
		low = max(low, w.least)
		high = low + w.spread
	}
	for range w.f.Number(low, high) {
		w.write(e)
	}
}

// draw takes a rune of a class, which is given as pairs of first and last: letters and digits if it has any, else what
// prints, else anything.
func (w *weaver) draw(class []rune) rune {
	for _, likes := range [...]func(rune) bool{isPlain, isPrintable, isScalar} {
		var choice []rune
		for i := 0; i+1 < len(class) && len(choice) < 1<<10; i += 2 {
			for r := class[i]; r <= min(class[i+1], class[i]+1<<8); r++ {
				if likes(r) {
					choice = append(choice, r)
				}
			}
		}
		if len(choice) > 0 {
			return choice[w.f.Number(0, len(choice)-1)]
		}
	}
	return unicode.ReplacementChar
}

func isPlain(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r)
}
func isPrintable(r rune) bool { return unicode.IsPrint(r) }
func isScalar(r rune) bool    { return r < 0xD800 || r > 0xDFFF }
