package strictjson

import (
	"encoding/json"
	"strconv"
)

// Text reads a string: a part of the text where nothing in it is escaped.
func (r *Reader) Text() string {
	r.at++
	start := r.at
	for i := start; ; i++ {
		switch r.data[i] {
		case '"':
			r.at = i + 1
			return r.data[start:i]
		case '\\':
			return r.escaped(start, i)
		}
	}
}

// escaped reads a string with at least one backslash, the first of them at i.
func (r *Reader) escaped(start, i int) string {
	for r.data[i] != '"' {
		if r.data[i] == '\\' {
			i++
		}
		i++
	}
	r.at = i + 1
	quoted := r.data[start-1 : r.at]
	if halfSurrogate(quoted) {
		r.add("encoding", "must not contain half of a surrogate pair")
	}
	var s string
	_ = json.Unmarshal([]byte(quoted), &s) // known to be valid
	return s
}

// halfSurrogate reports whether a quoted string has a \ud800 to \udfff without its other half.
func halfSurrogate(quoted string) bool {
	for i := 0; i < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		i++
		if quoted[i] != 'u' {
			continue
		}
		switch surrogate(quoted[i+1:]) {
		case low:
			return true
		case high:
			if next := quoted[i+5:]; len(next) < 6 || next[0] != '\\' || next[1] != 'u' || surrogate(next[2:]) != low {
				return true
			}
			i += 6
		}
		i += 4
	}
	return false
}

const (
	none = iota
	high
	low
)

// surrogate classifies four hex digits.
func surrogate(hex string) int {
	if len(hex) < 4 {
		return none
	}
	switch n, err := strconv.ParseUint(hex[:4], 16, 16); {
	case err != nil || n < 0xd800 || n > 0xdfff:
		return none
	case n < 0xdc00:
		return high
	}
	return low
}
