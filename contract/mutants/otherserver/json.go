package otherserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// An object is a JSON object whose keys have an order.
type object []pair

type pair struct {
	name  string
	value any
}

// write sends an answer.
func (s *Server) write(w http.ResponseWriter, status int, body any) {
	var out strings.Builder
	s.encode(&out, body, "\n")
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Server", "gateway")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(out.String())) // a caller that is gone needs no answer
}

// encode writes a value with line breaks and spaces, and with escapes for what is not ASCII.
func (s *Server) encode(out *strings.Builder, v any, line string) {
	comma, colon, inner := line+"\t", " : ", line+"\t"
	if s.options.Compact {
		line, comma, colon, inner = "", "", ":", ""
	}
	switch v := v.(type) {
	case object:
		out.WriteString("{")
		for i, p := range v {
			out.WriteString([]string{"", ","}[min(i, 1)] + comma)
			s.encode(out, p.name, inner)
			out.WriteString(colon)
			s.encode(out, p.value, inner)
		}
		out.WriteString(line + "}")
	case []any:
		out.WriteString("[")
		for i, element := range v {
			out.WriteString([]string{"", ","}[min(i, 1)] + comma)
			s.encode(out, element, inner)
		}
		out.WriteString(line + "]")
	case string:
		out.WriteString(s.quote(v))
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			raw = []byte("null")
		}
		out.Write(raw)
	}
}

func (s *Server) quote(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	if s.options.Compact {
		return string(raw)
	}
	var out strings.Builder
	for _, r := range string(raw) {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04X`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04X`, r)
		}
	}
	return out.String()
}

// decode reads a JSON object: one value, and no key twice.
func decode(raw []byte) (map[string]any, bool) {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	value, ok := decodeValue(decoder)
	if _, err := decoder.Token(); err == nil || err.Error() != "EOF" {
		return nil, false
	}
	fields, isObject := value.(map[string]any)
	return fields, ok && isObject
}

func decodeValue(decoder *json.Decoder) (any, bool) {
	token, err := decoder.Token()
	if err != nil {
		return nil, false
	}
	switch token {
	case json.Delim('{'):
		fields := map[string]any{}
		for decoder.More() {
			name, err := decoder.Token()
			text, isText := name.(string)
			if _, twice := fields[text]; err != nil || !isText || twice {
				return nil, false
			}
			var ok bool
			if fields[text], ok = decodeValue(decoder); !ok {
				return nil, false
			}
		}
		_, err = decoder.Token()
		return fields, err == nil
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			value, ok := decodeValue(decoder)
			if !ok {
				return nil, false
			}
			list = append(list, value)
		}
		_, err = decoder.Token()
		return list, err == nil
	}
	return token, true
}

func sortedQuery(query string) string {
	parts := strings.Split(query, "&")
	slices.Sort(parts)
	return strings.Join(parts, "&")
}

func upperEscapes(query string) string {
	out := []byte(query)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:i+3], strings.ToUpper(string(out[i+1:i+3])))
		}
	}
	return string(out)
}

func wholeNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
