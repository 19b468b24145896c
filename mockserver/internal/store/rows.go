package store

import (
	"fmt"
	"time"
)

// FormatTime writes an instant as databases keep it: RFC 3339 in UTC, to the nanosecond; "" is none.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// ParseTime reads what FormatTime wrote.
func ParseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// AddSecret adds a row of a client: it is a further secret of the last client, or the first one of the next.
func AddSecret(all []SealedClient, c SealedClient, created, terms string, sealed []byte, until string) ([]SealedClient, error) {
	var (
		secret = SealedSecret{Sealed: sealed}
		err    error
	)
	if c.Terms, err = parseTerms(terms); err == nil {
		c.Created, err = ParseTime(created)
	}
	if err == nil {
		secret.Until, err = ParseTime(until)
	}
	if err != nil {
		return nil, fmt.Errorf("workspace %s: client: %w", c.Workspace, err)
	}
	if n := len(all); n == 0 || all[n-1].Workspace != c.Workspace {
		all = append(all, c)
	}
	last := &all[len(all)-1]
	last.Secrets = append(last.Secrets, secret)
	return all, nil
}
