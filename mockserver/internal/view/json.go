package view

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string: only what JSON demands is escaped, so Arabic and emoji stay readable.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[from:i]...), "\uFFFD"...)
				from = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// appendTime appends an instant as the vendor's examples write it: "2024-01-20T10:30:00Z" (E).
func appendTime(dst []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(dst, '"'), time.RFC3339), '"')
}

// appendValue appends any decoded JSON value as encoding/json writes it, without escapes for HTML.
func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		if isPlain(v) {
			return append(append(append(dst, '"'), v...), '"'), nil
		}
	case json.Number:
		if isInteger(string(v)) {
			return append(dst, v...), nil
		}
	case []any:
		if v != nil {
			return appendList(dst, v)
		}
	case map[string]any:
		if v != nil {
			return appendObject(dst, v)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return dst, err
	}
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), nil
}

func appendList(dst []byte, list []any) (_ []byte, err error) {
	dst = append(dst, '[')
	for i, item := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, item); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, object map[string]any) (_ []byte, err error) {
	var few [16]string
	names := few[:0]
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	dst = append(dst, '{')
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, name); err != nil {
			return dst, err
		}
		if dst, err = appendValue(append(dst, ':'), object[name]); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// isPlain reports whether encoding/json writes a text as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return c >= utf8.RuneSelf && isPlainText(s)
		}
	}
	return true
}

func isPlainText(s string) bool {
	for i, r := range s {
		switch r {
		case '"', '\\', '\u2028', '\u2029':
			return false
		case utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		default:
			if r < ' ' {
				return false
			}
		}
	}
	return true
}

// isInteger reports whether a text is a whole number as JSON writes it.
func isInteger(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || digits[0] == '0' && digits != "0" {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// Marshal writes any decoded JSON value.
func Marshal(v any) ([]byte, error) { return appendValue(nil, v) }

// AppendValue appends any decoded JSON value.
func AppendValue(dst []byte, v any) ([]byte, error) { return appendValue(dst, v) }

// AppendString appends a text as a JSON string.
func AppendString(dst []byte, s string) []byte { return appendString(dst, s) }
