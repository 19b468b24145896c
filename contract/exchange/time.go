package exchange

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// rfc3339 is stricter than time.Parse, which accepts "24:00" offsets and one-digit hours, and wider: a lower-case t or z is lawful.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func ParseTime(text string) (time.Time, error) {
	if !rfc3339.MatchString(text) {
		return time.Time{}, fmt.Errorf("%q is not an RFC 3339 time", text)
	}
	return time.Parse(time.RFC3339Nano, strings.ToUpper(text))
}
