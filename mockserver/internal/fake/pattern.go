package fake

import (
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/brianvoe/gofakeit/v7"
)

// A regexpGenerator makes texts that match a regular expression. gofakeit's own generator repeats at most ten times and draws from
// all of Unicode: this one can make a text of a wanted length, and prefers letters and digits.
type regexpGenerator struct {
	f             *gofakeit.Faker
	least, spread int // a part that may be repeated without a bound is repeated least to least+spread times, if the pattern allows it
	text          strings.Builder
}

// maxText bounds the length of a text made from a pattern.
const maxText = 1 << 16

func textMatching(pattern string, f *gofakeit.Faker, least, spread int) (string, error) {
	expression, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	r := &regexpGenerator{f: f, least: least, spread: spread}
	r.write(expression)
	return r.text.String(), nil
}

func (r *regexpGenerator) write(e *syntax.Regexp) {
	if r.text.Len() > maxText {
		return
	}
	switch e.Op {
	case syntax.OpLiteral:
		r.text.WriteString(string(e.Rune))
	case syntax.OpCharClass:
		r.text.WriteRune(r.draw(e.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		r.text.WriteRune(r.draw([]rune{'a', 'z'}))
	case syntax.OpStar:
		r.repeat(e.Sub[0], 0, -1)
	case syntax.OpPlus:
		r.repeat(e.Sub[0], 1, -1)
	case syntax.OpQuest:
		r.repeat(e.Sub[0], 0, 1)
	case syntax.OpRepeat:
		r.repeat(e.Sub[0], e.Min, e.Max)
	case syntax.OpAlternate:
		r.write(e.Sub[r.f.Number(0, len(e.Sub)-1)])
	case syntax.OpConcat, syntax.OpCapture:
		for _, part := range e.Sub {
			r.write(part)
		}
	default: // anchors and word boundaries, which have no text
	}
}

func (r *regexpGenerator) repeat(e *syntax.Regexp, low, high int) {
	if high >= 0 {
		low = max(low, min(r.least, high))
		high = min(low+r.spread, high)
	} else {
		low = max(low, r.least)
		high = low + r.spread
	}
	for range r.f.Number(low, high) {
		r.write(e)
	}
}

// draw returns a rune of a class, which is given as pairs of first and last: a letter or digit if it has any, else one that
// can be printed, else any.
func (r *regexpGenerator) draw(class []rune) rune {
	for _, preferred := range [...]func(rune) bool{isLetterOrDigit, isPrintable, isScalar} {
		var choice []rune
		for i := 0; i+1 < len(class) && len(choice) < 1<<10; i += 2 {
			for c := class[i]; c <= min(class[i+1], class[i]+1<<8); c++ {
				if preferred(c) {
					choice = append(choice, c)
				}
			}
		}
		if len(choice) > 0 {
			return choice[r.f.Number(0, len(choice)-1)]
		}
	}
	return unicode.ReplacementChar
}

func isLetterOrDigit(r rune) bool {
	return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r)
}
func isPrintable(r rune) bool { return unicode.IsPrint(r) }
func isScalar(r rune) bool    { return r < 0xD800 || r > 0xDFFF }
