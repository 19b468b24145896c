package fake

import (
	"strings"

	"github.com/brianvoe/gofakeit/v7"
)

// sized makes a text of an enforced format in the length that the schema asks for, where that is another than the usual one;
// "" if the format has no such text, or is none that is enforced. usual is a text of the format.
func sized(p *mergedSchema, usual string, f *gofakeit.Faker) string {
	n := p.minLength // characters, which are bytes in all of these formats
	if len(usual) > n {
		n = p.maxLength
	}
	if n > maxText {
		return ""
	}
	switch p.format {
	case "date-time":
		if n <= len(usual) {
			return ""
		}
		return usual[:19] + "." + f.DigitN(uint(max(1, n-21))) + "Z" // a fraction has one digit or more
	case "email":
		return sizedEmail(n, usual, f)
	case "uri":
		switch {
		case n > len(usual):
			return usual + "/" + letters(f, n-len(usual)-1)
		case n >= 9:
			return "https://" + letters(f, n-8)
		case n >= 3:
			return "x:" + letters(f, n-2)
		}
	case "ipv4":
		return sizedIPv4(n)
	case "ipv6":
		return sizedIPv6(n)
	case "byte":
		if n > len(usual) {
			n += 3
		}
		return letters(f, n/4*4)
	}
	return ""
}

func letters(f *gofakeit.Faker, n int) string {
	if n <= 0 {
		return ""
	}
	return strings.ToLower(f.LetterN(uint(n)))
}

func sizedEmail(n int, usual string, f *gofakeit.Faker) string {
	switch {
	case n > len(usual):
		return letters(f, n-len(usual)) + usual
	case n >= 6:
		return letters(f, n-5) + "@x.co"
	case n >= 3:
		return letters(f, n-2) + "@x"
	}
	return ""
}

// sizedIPv4 spreads the digits over four parts.
func sizedIPv4(n int) string {
	if n < len("1.1.1.1") || n > len("111.111.111.111") {
		return ""
	}
	return "1" + grown(n-len("1.1.1.1"), 4, 2, ".1")
}

// sizedIPv6 is a short address behind ::, or eight whole parts.
func sizedIPv6(n int) string {
	switch {
	case n < 2 || n > 39:
		return ""
	case n == 2:
		return "::"
	case n < 15:
		groups := 1 + (n-3)/5 // the last one takes what is left: it has one to four digits
		rest := n - 2 - 5*(groups-1)
		if rest > 4 {
			groups, rest = groups+1, rest-5
		}
		if rest == 0 {
			return "::" + strings.Repeat("ffff:", groups-2) + "fff:f"
		}
		return "::" + strings.Repeat("ffff:", groups-1) + strings.Repeat("f", rest)
	}
	return "1" + grown(n-15, 8, 3, ":1")
}

// grown returns the parts after the first "1", each with up to most further digits, until extra digits are used.
func grown(extra, parts, most int, next string) string {
	var b strings.Builder
	for i := range parts {
		if i > 0 {
			b.WriteString(next)
		}
		more := min(extra, most)
		extra -= more
		b.WriteString(strings.Repeat("1", more))
	}
	return b.String()
}
