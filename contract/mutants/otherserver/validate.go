package otherserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A rule says what a value of a body must be.
type rule struct {
	kind      string // text, number, flag, object, list
	needed    bool
	min, most int // characters of a text, elements of a list; most 0: any
	low, high float64
	form      *regexp.Regexp
	words     []string
	fields    map[string]rule
	each      *rule
}

func text(min, most int) rule   { return rule{kind: "text", min: min, most: most} }
func needed(r rule) rule        { r.needed = true; return r }
func oneOf(list ...string) rule { return rule{kind: "text", needed: true, words: list} }

func phone() rule {
	return rule{kind: "text", needed: true, form: regexp.MustCompile(`^[1-9][0-9]{0,49}$`)}
}

func listOf(least, most int, each rule) rule {
	return rule{kind: "list", needed: true, min: least, most: most, each: &each}
}

// check notes what is wrong with a value, by its place.
func (s *Server) check(place string, r rule, v any, wrong map[string]string) {
	switch v := v.(type) {
	case string:
		if r.kind == "text" {
			s.checkText(place, r, v, wrong)
			return
		}
	case json.Number:
		if r.kind == "number" {
			n, err := v.Float64()
			if err != nil || n < r.low || n > r.high || s.has("a latitude of exactly -90 is refused") && n == -90 {
				wrong[place] = fmt.Sprintf("lies between %v and %v", r.low, r.high)
			}
			return
		}
	case bool:
		if r.kind == "flag" {
			return
		}
	case map[string]any:
		if r.kind == "object" {
			s.checkFields(place, r.fields, v, wrong)
			return
		}
	case []any:
		if r.kind == "list" {
			if len(v) < r.min || len(v) > r.most {
				wrong[place] = fmt.Sprintf("has %d to %d elements", r.min, r.most)
			}
			for i, element := range v[:min(len(v), 100)] {
				s.check(fmt.Sprintf("%s[%d]", place, i), *r.each, element, wrong)
			}
			return
		}
	}
	wrong[place] = "is a " + r.kind
}

func (s *Server) checkFields(place string, rules map[string]rule, fields map[string]any, wrong map[string]string) {
	for name, r := range rules {
		at := strings.TrimPrefix(place+"."+name, ".")
		v, there := fields[name]
		if !there {
			if r.needed {
				wrong[at] = "has to be there"
			}
			continue
		}
		s.check(at, r, v, wrong)
	}
}

func (s *Server) checkText(place string, r rule, v string, wrong map[string]string) {
	n := utf8.RuneCountInString(v)
	if s.has("lengths are counted in UTF-16") {
		n = len(utf16.Encode([]rune(v)))
	}
	most := r.most
	switch {
	case s.has("a footer may have 61 characters") && strings.HasPrefix(place, "footer"):
		most++
	case s.has("a row's description may have 71 characters") && strings.HasSuffix(place, "description"):
		most--
	case s.has("a text of 0 is no text") && v == "0":
		n = 0
	}
	switch {
	case n < r.min:
		wrong[place] = fmt.Sprintf("is at least %d long", r.min)
	case most > 0 && n > most:
		wrong[place] = fmt.Sprintf("is at most %d long", most)
	case r.form != nil && !r.form.MatchString(v):
		wrong[place] = "has another form"
	case r.words != nil && !slices.Contains(r.words, v):
		wrong[place] = "is one of " + strings.Join(r.words, ", ")
	}
}

// bodyOf reads and checks the JSON body of a send.
func (s *Server) bodyOf(c *call, rules map[string]rule) (map[string]any, *failure) {
	fields, failed := s.encoded(c)
	if fields == nil && failed == nil {
		fields, failed = s.decoded(c)
	}
	if failed != nil {
		return nil, failed
	}
	wrong := map[string]string{}
	s.checkFields("", rules, fields, wrong)
	if len(wrong) > 0 {
		if to := textOf(fields, "phone"); s.has("a text that is refused begins a conversation in an event") && to != "" && c.workspace.byPhone(to) == nil {
			s.emitBegun(c.workspace, &conversation{id: s.nextID(), phone: to, created: c.workspace.now()})
		}
		return nil, &failure{status: http.StatusBadRequest, code: "validation_failed", message: "Please look at your input once more.", details: wrong}
	}
	return fields, nil
}

// decoded reads a JSON object.
func (s *Server) decoded(c *call) (map[string]any, *failure) {
	if !s.isMedia(c, "application/json") {
		return nil, &failure{status: http.StatusUnsupportedMediaType, code: "media", message: "Send application/json."}
	}
	fields, ok := decode(c.body)
	if !ok || !utf8.Valid(c.body) {
		return nil, invalid("body", "is not one JSON object")
	}
	return fields, nil
}

// encoded reads a form as a browser sends it, where a server with a fault does; nil and nil where it is refused as another media type is.
func (s *Server) encoded(c *call) (map[string]any, *failure) {
	if !s.isMedia(c, "application/x-www-form-urlencoded") {
		return nil, nil
	}
	if s.has("a form in place of JSON is a 500") {
		return nil, &failure{status: http.StatusInternalServerError, code: "internal", message: "The parser gave up."}
	}
	values, err := url.ParseQuery(string(c.body))
	if err != nil || !s.has("forms are taken for JSON") && !s.has("only JSON is signed, and forms are taken too") {
		return nil, nil
	}
	fields := map[string]any{}
	for name, list := range values {
		fields[name] = list[0]
	}
	return fields, nil
}

func (s *Server) isMedia(c *call, want string) bool {
	media, parameters, found := strings.Cut(c.Header.Get("Content-Type"), ";")
	if s.has("a Content-Type with a charset is refused") && found && want == "application/json" {
		return parameters == ""
	}
	return strings.EqualFold(strings.TrimSpace(media), want)
}

func textOf(fields map[string]any, name string) string {
	v, _ := fields[name].(string)
	return v
}

func numberText(v any) string {
	n, _ := v.(json.Number)
	f, _ := n.Float64()
	return strconv.FormatFloat(f, 'f', -1, 64)
}
