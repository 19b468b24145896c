package collection

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

// A kind says how values of a property compare.
type kind int

const (
	textKind kind = iota
	integerKind
	numberKind
	booleanKind
	instantKind
	dateKind
)

func kindOf(s *spec.Schema) kind {
	switch s.Type {
	case "integer":
		return integerKind
	case "number":
		return numberKind
	case "boolean":
		return booleanKind
	}
	switch s.Format {
	case "date-time":
		return instantKind
	case "date":
		return dateKind
	}
	return textKind
}

// there begins each encoded value, so that none is empty.
const there = "\x01"

// encode makes text of a value that compares as the value does; "": there is no value to compare.
func (k kind) encode(v any) string {
	switch v := v.(type) {
	case json.Number:
		return k.encodeText(v.String())
	case string:
		if k == integerKind || k == numberKind || k == booleanKind {
			return ""
		}
		return k.encodeText(v)
	case bool:
		if v {
			return there + "t"
		}
		return there + "f"
	}
	return ""
}

// encodeText is encode for a value as a parameter writes it.
func (k kind) encodeText(text string) string {
	switch k {
	case integerKind:
		if n, err := json.Number(text).Int64(); err == nil {
			return there + ordered(uint64(n)^1<<63)
		}
		return ""
	case numberKind:
		f, err := json.Number(text).Float64()
		if err != nil {
			return ""
		}
		bits := math.Float64bits(f + 0) // -0 is 0
		if bits>>63 == 1 {
			return there + ordered(^bits)
		}
		return there + ordered(bits^1<<63)
	case booleanKind:
		switch text {
		case "true", "1":
			return there + "t"
		case "false", "0":
			return there + "f"
		}
		return ""
	case instantKind, dateKind:
		at, ok := instant(text)
		if !ok {
			return ""
		}
		return encodeTime(at)
	}
	return there + text
}

// decode is the text of an id of which encode made a value.
func (k kind) decode(value string) string {
	text := strings.TrimPrefix(value, there)
	if k == integerKind && len(text) == 8 {
		return strconv.FormatInt(int64(binary.BigEndian.Uint64([]byte(text))^1<<63), 10)
	}
	return text
}

// instant reads a date, which is its first moment in UTC, or an instant.
func instant(text string) (time.Time, bool) {
	if len(text) == len(time.DateOnly) {
		at, err := time.Parse(time.DateOnly, text)
		return at, err == nil
	}
	return spec.ParseDateTime(text)
}

func encodeTime(at time.Time) string {
	nanoseconds := binary.BigEndian.AppendUint32(nil, uint32(at.Nanosecond()))
	return there + ordered(uint64(at.Unix())^1<<63) + string(nanoseconds)
}

func ordered(n uint64) string { return string(binary.BigEndian.AppendUint64(nil, n)) }

// encodeBound is encodeText for a filter: until a date means until its end.
func (f *filter) encodeBound(text string) string {
	k := f.property.kind
	if k == instantKind && f.operator == "<=" && len(text) == len(time.DateOnly) {
		if at, ok := instant(text); ok {
			return encodeTime(at.Add(24*time.Hour - 1))
		}
	}
	return k.encodeText(text)
}

// wanted says what a filter takes, for who has sent something else.
func (f *filter) wanted() string {
	switch f.property.kind {
	case integerKind:
		return "must be a whole number"
	case numberKind:
		return "must be a number"
	case booleanKind:
		return "must be true or false"
	case instantKind, dateKind:
		return "must be a date such as 2024-01-20, or an instant such as 2024-01-20T10:30:00Z"
	}
	return "must be a text"
}

// searchText is a property's value as a search looks at it.
func searchText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "\x00", " ")
	case json.Number:
		return v.String()
	}
	return ""
}
