package signature

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

const (
	maxTimestampDigits = 13
	// FirstMillisecond is the smallest timestamp taken for milliseconds: as such it lies in 1973, as seconds in 5138.
	FirstMillisecond = 100_000_000_000
)

// ErrTimestamp says that a timestamp is not 1 to 13 decimal digits (that bound is our inference).
var ErrTimestamp = errors.New("not 1 to 13 decimal digits without zeros before them: send Unix time in seconds")

// ParseTimestamp reads the value of the header X-Timestamp: Unix time in seconds, 1 to 13 decimal digits. A zero before others
// is refused: the parts of a signed string are side by side, and it could belong to the path as well. The error is ErrTimestamp.
func ParseTimestamp(s string) (int64, error) {
	if s == "" || len(s) > maxTimestampDigits || s[0] == '0' && s != "0" {
		return 0, ErrTimestamp
	}
	var seconds int64
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, ErrTimestamp
		}
		seconds = 10*seconds + int64(s[i]-'0')
	}
	return seconds, nil
}

// SkewError says that a timestamp is too far from the server's time.
type SkewError struct {
	Sent         int64         // what the client sent, in seconds
	Now          int64         // the server's Unix time, in seconds
	Max          time.Duration // how far they may be apart
	Milliseconds bool          // Sent looks like milliseconds
}

func (e *SkewError) Error() string {
	if e.Milliseconds {
		return fmt.Sprintf("the server's time is %d; the timestamp looks like milliseconds: send seconds", e.Now)
	}
	distance, side := e.Now-e.Sent, "old"
	if distance < 0 {
		distance, side = -distance, "ahead"
	}
	return fmt.Sprintf("the server's time is %d; the timestamp is %d s %s, at most %v is allowed",
		e.Now, distance, side, e.Max)
}

// CheckSkew compares a timestamp in seconds with the server's time. More than limit apart, on either side, is a
// *SkewError; a limit of 0 switches the check off. Whole seconds are compared, since the client sends no parts.
func CheckSkew(sent int64, now time.Time, limit time.Duration) error {
	distance := now.Unix() - sent
	if limit == 0 || max(distance, -distance) <= int64(limit/time.Second) {
		return nil
	}
	return &SkewError{Sent: sent, Now: now.Unix(), Max: limit, Milliseconds: sent >= FirstMillisecond}
}

// ParseSkew reads the greatest skew allowed: a duration such as "5m", or "off" (also "0") for none at all, which is 0.
func ParseSkew(s string) (time.Duration, error) {
	if s == "off" {
		return 0, nil
	}
	limit, err := time.ParseDuration(s)
	if err != nil || limit < 0 || (limit > 0 && limit < time.Second) {
		return 0, fmt.Errorf("clock skew %s: use a duration of at least 1s such as 5m, or off", strconv.Quote(s))
	}
	return limit, nil
}
