package spec

import (
	"errors"
	"strings"
	"unicode/utf8"
)

var (
	errEncoding = errors.New("is not valid percent-encoding")
	errUTF8     = errors.New("is not valid UTF-8")
)

// unescape decodes percent-encoding and, in a query, '+' as a space. It allocates only where something is encoded.
func unescape(s string, plus bool) (string, error) {
	i := 0
	for ; i < len(s); i++ {
		if c := s[i]; c == '%' || c >= 0x80 || plus && c == '+' {
			break
		}
	}
	if i == len(s) {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			if i+2 >= len(s) {
				return "", errEncoding
			}
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high > 15 || low > 15 {
				return "", errEncoding
			}
			b = append(b, high<<4|low)
			i += 2
		case plus && c == '+':
			b = append(b, ' ')
		default:
			b = append(b, c)
		}
	}
	if !utf8.Valid(b) {
		return "", errUTF8
	}
	return string(b), nil
}

// unhex returns the value of a hex digit, or 16.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}

// A pair is a name and a value of a query string, decoded one by one.
type pair struct {
	name, value string
	nameErr     error
	valueErr    error
}

// nextPair cuts the first pair off a query string. Pairs are separated by '&' only; an empty pair is skipped.
func nextPair(query string) (p pair, rest string, ok bool) {
	for query != "" {
		var piece string
		piece, query, _ = strings.Cut(query, "&")
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		p.name, p.nameErr = unescape(name, true)
		p.value, p.valueErr = unescape(value, true)
		return p, query, true
	}
	return pair{}, "", false
}
