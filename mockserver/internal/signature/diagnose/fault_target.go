package diagnose

import (
	"net/url"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/signature"
)

// rewrite is a mistake as a function: what a caller signs who makes it.
type rewrite struct {
	fault string
	apply func(text string) string
}

// queryFaults take a query without its question mark.
func queryFaults() []rewrite {
	const ordered = "the parameters of the query were put in another order: sign them in the order in which they are sent"
	return []rewrite{
		{"the query was encoded twice: sign it as it is in the request line", replacer("%", "%25")},
		{ordered, sortedRaw},
		{ordered, sortedForm},
		{ordered, reversed},
		{"parameters without a value were left out of the signature: sign the query as it is sent", withoutEmpty},
		{"the query was signed in lower case: sign it as it is sent", strings.ToLower},
		{"only the values of the query were signed: sign it as it is in the request line", valuesOnly},
	}
}

// otherTarget finds a path or query that was signed in another form than it was sent.
func (s *search) otherTarget(p reading) string {
	query, found := strings.CutPrefix(p.query, "?")
	if !found {
		return s.otherForm(p, []form{
			{"a ? was signed though the request has no query", p.path + "?"},
			{slashFault, otherSlash(p.path)},
			{leadingFault, strings.TrimPrefix(p.path, "/")},
			{lowerFault, strings.ToLower(p.path)},
			{doubleFault, "/" + p.path},
		})
	}
	forms := []form{
		{"the ? before the query was left out: it belongs to the string to sign", p.path + query},
		{"the query was left out: it belongs to the string to sign, with its ?", p.path},
	}
	for _, rule := range queryFaults() {
		forms = append(forms, form{rule.fault, p.path + "?" + rule.apply(query)})
	}
	return s.otherForm(p, append(forms,
		form{slashFault, otherSlash(p.path) + p.query}, form{leadingFault, strings.TrimPrefix(p.path, "/") + p.query},
		form{lowerFault, strings.ToLower(p.path) + p.query}, form{doubleFault, "/" + p.path + p.query},
		form{"the path was left out: it is between the method and the query", p.query},
	))
}

const (
	lowerFault   = "the path was signed in lower case: sign it as it is sent"
	doubleFault  = "the path was signed with two / at its beginning"
	slashFault   = "a / at the end of the path was signed and not sent, or sent and not signed"
	leadingFault = "the / at the beginning of the path was left out"
)

// form is a target that a caller may have signed instead of the one sent.
type form struct{ fault, target string }

func (s *search) otherForm(p reading, forms []form) string {
	tried := []string{p.path + p.query}
	for _, f := range forms {
		if slices.Contains(tried, f.target) {
			continue
		}
		tried = append(tried, f.target)
		if s.tries(newReading(f.target, ""), s.r) {
			return f.fault
		}
	}
	return ""
}

// wholeURL reports whether scheme and host were signed as well: those of the request, or the vendor's (documented on
// https://awalchat.com/en/docs/api/versioning), which a client may keep while a proxy leads it here.
func (s *search) wholeURL() bool {
	full := signature.OriginForm(s.r.Target)
	for _, origin := range []string{"http://" + s.r.Host, "https://" + s.r.Host, "https://api.awalchat.com", s.r.Host} {
		if s.tries(newReading(origin+full, ""), s.r) {
			return true
		}
	}
	return false
}

func replacer(old, with string) func(string) string {
	return func(text string) string { return strings.ReplaceAll(text, old, with) }
}

// unescapeForm decodes percent signs, and plus signs to spaces.
func unescapeForm(text string) string {
	if decoded, err := url.QueryUnescape(text); err == nil {
		return decoded
	}
	return text
}

func sortedRaw(query string) string {
	parameters := strings.Split(query, "&")
	slices.Sort(parameters)
	return strings.Join(parameters, "&")
}

// sortedForm sorts and encodes as url.Values of Go does.
func sortedForm(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return query
	}
	return values.Encode()
}

func reversed(query string) string {
	parameters := strings.Split(query, "&")
	slices.Reverse(parameters)
	return strings.Join(parameters, "&")
}

func valuesOnly(query string) string {
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		_, parameters[i], _ = strings.Cut(parameter, "=")
	}
	return strings.Join(parameters, "")
}

func withoutEmpty(query string) string {
	parameters := slices.DeleteFunc(strings.Split(query, "&"), func(parameter string) bool {
		_, value, _ := strings.Cut(parameter, "=")
		return value == ""
	})
	return strings.Join(parameters, "&")
}

func otherSlash(path string) string {
	if short, found := strings.CutSuffix(path, "/"); found {
		return short
	}
	return path + "/"
}
