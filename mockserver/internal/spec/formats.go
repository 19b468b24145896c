package spec

import (
	"encoding/base64"
	"errors"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// formats are the string formats that are enforced, with what a value must be. Other formats are taken as a hint.
var formats = [...]struct {
	name string
	fits func(string) bool
	text string
}{
	{"date-time", isDateTime, "must be an RFC 3339 date and time, such as 2024-01-20T10:30:00Z"},
	{"date", isDate, "must be a date, such as 2024-01-20"},
	{"uuid", isUUID, "must be a UUID, such as 123e4567-e89b-12d3-a456-426614174000"},
	{"email", isEmail, "must be an email address"},
	{"uri", isURI, "must be an absolute URI"},
	{"ipv4", isIPv4, "must be an IPv4 address"},
	{"ipv6", isIPv6, "must be an IPv6 address"},
	{"byte", isBase64, "must be base64"},
}

func stringFormat(name string) func(string) bool {
	for i := range formats {
		if formats[i].name == name {
			return formats[i].fits
		}
	}
	return nil
}

func formatText(name string) string {
	for i := range formats {
		if formats[i].name == name {
			return formats[i].text
		}
	}
	switch name {
	case "int32":
		return "must be between -2147483648 and 2147483647"
	case "int64":
		return "must be between -9223372036854775808 and 9223372036854775807"
	}
	return "must have the format " + name
}

var errFormat = errors.New("format")

// formatValidators hands the same functions to kin, in place of its own for byte, date and date-time.
func formatValidators() map[string]openapi3.StringFormatValidator {
	m := make(map[string]openapi3.StringFormatValidator, len(formats))
	for _, f := range formats {
		m[f.name] = openapi3.NewCallbackValidator(func(s string) error {
			if f.fits(s) {
				return nil
			}
			return errFormat
		})
	}
	return m
}

// isDateTime follows RFC 3339, section 5.6; second 60 (a leap second) is taken at any time of day.
func isDateTime(s string) bool {
	if len(s) < len("2006-01-02T15:04:05Z") || !isDate(s[:10]) || s[10] != 'T' && s[10] != 't' {
		return false
	}
	if s[13] != ':' || s[16] != ':' || !twoDigits(s[11:], 23) || !twoDigits(s[14:], 59) || !twoDigits(s[17:], 60) {
		return false
	}
	rest := s[19:]
	if rest[0] == '.' {
		n := 1
		for n < len(rest) && '0' <= rest[n] && rest[n] <= '9' {
			n++
		}
		if n == 1 {
			return false
		}
		rest = rest[n:]
	}
	if rest == "Z" || rest == "z" {
		return true
	}
	return len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':' && twoDigits(rest[1:], 23) && twoDigits(rest[4:], 59)
}

// ParseDateTime reads what the format date-time accepts: small letters and a leap second too, which time.Parse does not. A
// leap second is the second that follows.
func ParseDateTime(s string) (at time.Time, ok bool) {
	if !isDateTime(s) {
		return at, false
	}
	s = strings.ToUpper(s)
	leap := s[17:19] == "60"
	if leap {
		s = s[:17] + "59" + s[19:]
	}
	at, err := time.Parse(time.RFC3339, s)
	if leap {
		at = at.Truncate(time.Second).Add(time.Second)
	}
	return at, err == nil
}

// twoDigits reports whether s begins with two digits that are at most limit.
func twoDigits(s string, limit int) bool {
	high, low := s[0]-'0', s[1]-'0'
	return high <= 9 && low <= 9 && int(high)*10+int(low) <= limit
}

func isDate(s string) bool {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	month, day := int(s[5]-'0')*10+int(s[6]-'0'), int(s[8]-'0')*10+int(s[9]-'0')
	if day <= 28 {
		return day >= 1 && month >= 1 && month <= 12
	}
	_, err := time.Parse(time.DateOnly, s) // knows the months' lengths
	return err == nil
}

// isUUID takes any version and variant, as RFC 4122 writes them.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if unhex(s[i]) > 15 {
				return false
			}
		}
	}
	return true
}

// isEmail takes an address as RFC 5322 writes it, without a display name.
func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && s[0] != '<' && s[len(s)-1] == a.Address[len(a.Address)-1]
}

func isURI(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

func isBase64(s string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil && !strings.ContainsAny(s, "\r\n") // which the decoder would skip
}

// A classMatcher is the pattern ^[class]+$ for a class of ASCII characters, many times faster than regexp.
type classMatcher struct {
	class [4]uint32
	least int
}

func (m *classMatcher) MatchString(s string) bool {
	if len(s) < m.least {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c >= 128 || m.class[c/32]&(1<<(c%32)) == 0 {
			return false
		}
	}
	return true
}

// simplify returns a faster matcher for the pattern if it has the form ^[class]+$ or ^[class]*$, else the pattern.
func simplify(re *regexp.Regexp) matcher {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat || len(parsed.Sub) != 3 {
		return re
	}
	begin, middle, end := parsed.Sub[0], parsed.Sub[1], parsed.Sub[2]
	if begin.Op != syntax.OpBeginText || end.Op != syntax.OpEndText {
		return re
	}
	m := &classMatcher{}
	switch middle.Op {
	case syntax.OpPlus:
		m.least = 1
	case syntax.OpStar:
	default:
		return re
	}
	class := middle.Sub[0]
	if class.Op != syntax.OpCharClass {
		return re
	}
	for i := 0; i < len(class.Rune); i += 2 {
		if class.Rune[i+1] >= 128 {
			return re
		}
		for c := class.Rune[i]; c <= class.Rune[i+1]; c++ {
			m.class[c/32] |= 1 << (c % 32)
		}
	}
	return m
}
