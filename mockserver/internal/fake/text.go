package fake

import (
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/brianvoe/gofakeit/v7"
)

// text makes a string: by its pattern, else by its format, else a few words; then of the length asked for.
func (m *maker) text(p *plain, f *gofakeit.Faker, try int) (any, error) {
	if len(p.patterns) > 0 {
		return m.patterned(p, f, try)
	}
	text := m.formatted(p, f)
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
func (m *maker) patterned(p *plain, f *gofakeit.Faker, try int) (any, error) {
	least, spread := repeats(p, try)
	woven, err := weave(p.patterns[try%len(p.patterns)], f, least, spread)
	if err != nil || p.format == "" || try%3 == 0 {
		return woven, err
	}
	text := m.formatted(p, f)
	if try%3 == 2 && len(woven) < len(text) {
		return woven + text[len(woven):], nil
	}
	if text == "" {
		return woven, nil
	}
	return text, nil
}

// repeats tells how often to repeat what a pattern lets stand any number of times, at least and beyond that, so that the
// tries come upon the length asked for.
func repeats(p *plain, try int) (least, spread int) {
	room := 4
	if p.maxLength >= 0 {
		room = min(room, max(0, p.maxLength-p.minLength))
	}
	switch round := try / 4; try % 4 {
	case 0: // one such part, beside as many other characters as rounds have passed
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
func (m *maker) formatted(p *plain, f *gofakeit.Faker) string {
	switch p.format {
	case "date-time":
		return m.before(f).Format(time.RFC3339)
	case "date":
		return m.before(f).Format(time.DateOnly)
	case "time":
		return m.before(f).Format("15:04:05Z")
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

// before is an instant in the thirty days before the base, in whole seconds.
func (m *maker) before(f *gofakeit.Faker) time.Time {
	base := m.key.Base
	if base.IsZero() {
		base = time.Date(2024, time.January, 20, 12, 0, 0, 0, time.UTC)
	}
	return base.UTC().Truncate(time.Second).Add(-time.Duration(f.Number(0, 30*24*3600)) * time.Second)
}

// mobile is a Saudi mobile number, outside the block of those with a meaning.
func mobile(f *gofakeit.Faker) string { return "9665" + string(rune('0'+f.Number(1, 9))) + f.DigitN(7) }

// fit brings a text to a length in code points: cut off, or filled up with letters. A highest length of -1 is none.
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
