package fake

import (
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/brianvoe/gofakeit/v7"
)

// text makes a string from its pattern, else from its format, else from a few words, and then gives it the length that is asked for.
func (g *generator) text(p *mergedSchema, f *gofakeit.Faker, try int) (any, error) {
	if len(p.patterns) > 0 {
		return g.patterned(p, f, try)
	}
	text := g.formatted(p, f)
	if text == "" {
		text = f.AdjectiveDescriptive() + " " + f.NounConcrete()
	}
	if n := utf8.RuneCountInString(text); n < p.minLength || p.maxLength >= 0 && n > p.maxLength {
		if sized := sized(p, text, f); sized != "" {
			return sized, nil
		}
	}
	return fit(text, p.minLength, p.maxLength, f), nil
}

// patterned makes a string by one of its patterns. Where it has a format as well, tries take turns: the pattern, the format,
// and the format with the pattern's beginning.
func (g *generator) patterned(p *mergedSchema, f *gofakeit.Faker, try int) (any, error) {
	least, spread := repeats(p, try)
	matching, err := textMatching(p.patterns[try%len(p.patterns)], f, least, spread)
	if err != nil || p.format == "" || try%3 == 0 {
		return matching, err
	}
	text := g.formatted(p, f)
	if try%3 == 2 && len(matching) < len(text) {
		return matching + text[len(matching):], nil
	}
	if text == "" {
		return matching, nil
	}
	return text, nil
}

// repeats returns how often the parts of a pattern without an upper bound are repeated: at least, and how many more, so that the
// tries find a text of the length that is asked for.
func repeats(p *mergedSchema, try int) (least, spread int) {
	room := 4
	if p.maxLength >= 0 {
		room = min(room, max(0, p.maxLength-p.minLength))
	}
	switch round := try / 4; try % 4 {
	case 0: // one such part, and as many other characters as there were rounds
		if p.minLength > room {
			return max(0, min(p.minLength, maxText)-round), room
		}
		return 0, 4
	case 1:
		return min(p.minLength, maxText) / (2 + round), 4
	case 2:
		return 0, 1
	default:
		return 0, 0
	}
}

// formatted makes a string of a format that OpenAPI or JSON Schema names; "" for any other.
func (g *generator) formatted(p *mergedSchema, f *gofakeit.Faker) string {
	switch p.format {
	case "date-time":
		return g.before(f).Format(time.RFC3339)
	case "date":
		return g.before(f).Format(time.DateOnly)
	case "time":
		return g.before(f).Format("15:04:05Z")
	case "duration":
		return "PT" + f.DigitN(2) + "M"
	case "email", "idn-email":
		return strings.ToLower(f.FirstName()) + "." + strings.ToLower(f.LastName()) + "@example.com"
	case "uri", "url", "iri":
		return "https://example.com/" + f.Noun() + "/" + f.DigitN(4)
	case "uri-reference", "iri-reference":
		return "/" + f.Noun() + "/" + f.DigitN(4)
	case "hostname", "idn-hostname":
		return f.Noun() + ".example.com"
	case "uuid":
		return f.UUID()
	case "ipv4":
		return f.IPv4Address()
	case "ipv6":
		return f.IPv6Address()
	case "byte":
		return base64.StdEncoding.EncodeToString([]byte(f.HipsterWord()))
	case "password":
		return f.Password(true, true, true, false, false, max(12, p.minLength))
	case "phone":
		return mobile(f)
	case "json-pointer":
		return "/" + f.Noun()
	}
	return ""
}

// before returns an instant in the thirty days before the base, in whole seconds.
func (g *generator) before(f *gofakeit.Faker) time.Time {
	base := g.key.Base
	if base.IsZero() {
		base = time.Date(2024, time.January, 20, 12, 0, 0, 0, time.UTC)
	}
	return base.UTC().Truncate(time.Second).Add(-time.Duration(f.Number(0, 30*24*3600)) * time.Second)
}

// mobile returns a Saudi mobile number that has no special meaning for the mock.
func mobile(f *gofakeit.Faker) string { return "9665" + string(rune('0'+f.Number(1, 9))) + f.DigitN(7) }

// fit cuts a text, or adds letters to it, until its length in code points is within the bounds. highest is -1 for no bound.
func fit(text string, lowest, highest int, f *gofakeit.Faker) string {
	n := utf8.RuneCountInString(text)
	if n < lowest && lowest <= maxText {
		text += f.LetterN(uint(lowest - n))
	}
	if highest >= 0 && n > highest {
		return string([]rune(text)[:highest])
	}
	return text
}
