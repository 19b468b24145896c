package diagnose

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// otherMethod finds a method that was signed in another form.
func (s *search) otherMethod(p reading) string {
	tail := []byte(p.path + p.query + s.r.Timestamp)
	if s.try([]byte(strings.ToLower(s.r.Method)), tail, s.r.Body) {
		return "the method was signed in lower case: sign it in upper case"
	}
	if s.try(tail, s.r.Body) {
		return "the method was left out: the string to sign begins with it"
	}
	return ""
}

const fractionSigned = "a fraction of a second was signed: sign the whole seconds that X-Timestamp carries"

// otherTimestamp finds a timestamp that was signed but not sent.
func (s *search) otherTimestamp(p reading) string {
	seconds, err := signature.ParseTimestamp(s.r.Timestamp)
	if err != nil {
		return ""
	}
	type form struct{ fault, timestamp string }
	forms := []form{{"the timestamp was left out: it is between the query and the body", ""}}
	if seconds >= signature.FirstMillisecond {
		forms = append(forms, form{
			"seconds were signed but milliseconds sent: send in X-Timestamp the seconds that you sign",
			strconv.FormatInt(seconds/1000, 10),
		})
	}
	for distance := int64(1); distance <= 30; distance++ {
		for _, other := range []int64{seconds + distance, seconds - distance} {
			forms = append(forms, form{
				"the clock was read twice: sign the very timestamp that X-Timestamp carries", strconv.FormatInt(other, 10),
			})
		}
	}
	for quarter := int64(1); quarter <= 14*4; quarter++ {
		for _, other := range []int64{seconds + quarter*900, seconds - quarter*900} {
			forms = append(forms, form{
				"a local time was signed: sign the very timestamp that X-Timestamp carries, Unix time in UTC", strconv.FormatInt(other, 10),
			})
		}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.000Z"} {
		forms = append(forms, form{
			"a date was signed: sign the seconds that X-Timestamp carries", time.Unix(seconds, 0).UTC().Format(layout),
		})
	}
	forms = append(forms, form{fractionSigned, s.r.Timestamp + ".0"})
	r := s.r
	for _, f := range forms {
		r.Timestamp = f.timestamp
		if s.tries(p, r) {
			return f.fault
		}
	}
	return ""
}

// millisecondsSigned finds milliseconds in the signature of a request that carries seconds: a thousand attempts, so
// only for a small body.
func (s *search) millisecondsSigned() string {
	if len(s.r.Body) > 4<<10 || len(s.r.Target) > 4<<10 || len(s.r.Timestamp) > 10 {
		return ""
	}
	for _, p := range s.paths {
		r := s.r
		r.Target = p.path + p.query
		head := r.AppendHead(nil) // ends with the timestamp
		whole, fraction := slices.Concat(head, []byte("000")), slices.Concat(head, []byte(".000"))
		for i := range 1000 {
			digits := [3]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)}
			copy(whole[len(head):], digits[:])
			copy(fraction[len(head)+1:], digits[:])
			if s.try(whole, s.r.Body) {
				return join(p.fault, "milliseconds were signed but seconds sent: sign the seconds that X-Timestamp carries")
			}
			if s.try(fraction, s.r.Body) {
				return join(p.fault, fractionSigned)
			}
		}
	}
	return ""
}

// otherOrder finds the right parts in the wrong order, or with something between them.
func (s *search) otherOrder(p reading) string {
	method, path, query := []byte(s.r.Method), []byte(p.path), []byte(p.query)
	timestamp, body := []byte(s.r.Timestamp), s.r.Body
	const order = "the order is wrong: METHOD + PATH + QUERY_STRING + TIMESTAMP + BODY"
	for parts := range permutations([][]byte{method, path, query, timestamp, body}) {
		if s.try(parts...) {
			return order
		}
	}
	if s.try(timestamp, body) || s.try(body) {
		return "only the body, or the timestamp and the body, was signed: sign METHOD + PATH + QUERY_STRING + TIMESTAMP + BODY"
	}
	target := []byte(p.path + p.query)
	bare := []byte(strings.TrimPrefix(p.query, "?"))
	for _, separator := range []string{"\n", ".", ":", "|", " ", "&", ",", "+", ";", "-", "\r\n", "\t"} {
		for _, parts := range [][][]byte{
			{method, path, query, timestamp, body},
			{method, path, bare, timestamp, body},
			{method, target, timestamp, body},
			{timestamp, method, target, body},
			{timestamp, body},
		} {
			if s.try(between(parts, []byte(separator))...) {
				return "something is between the parts: they follow each other directly"
			}
		}
	}
	return ""
}

// permutations are all orders of the parts.
func permutations(parts [][]byte) iter.Seq[[][]byte] {
	return func(yield func([][]byte) bool) { permute(parts, 0, yield) }
}

func permute(parts [][]byte, from int, yield func([][]byte) bool) bool {
	if from == len(parts) {
		return yield(parts)
	}
	for i := from; i < len(parts); i++ {
		parts[from], parts[i] = parts[i], parts[from]
		more := permute(parts, from+1, yield)
		parts[from], parts[i] = parts[i], parts[from]
		if !more {
			return false
		}
	}
	return true
}

// between puts a separator between parts, without copying them.
func between(parts [][]byte, separator []byte) [][]byte {
	var out [][]byte
	for _, part := range parts {
		out = append(out, part, separator)
	}
	return out[:len(out)-1]
}
