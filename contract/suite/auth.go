package suite

import (
	"fmt"
	"net/http"
	"time"
)

// An attempt is one request of the authentication matrix, and the statuses that a right server may answer.
type attempt struct {
	name   string
	change func(r *request) *request
	want   []int
}

// What a right server may answer: the vendor's pages contradict each other, and every reading is lawful.
func refused() []int      { return []int{http.StatusUnauthorized} }
func refusedLoose() []int { return []int{http.StatusUnauthorized, http.StatusBadRequest} }
func refusedStale() []int { return []int{http.StatusForbidden, http.StatusUnauthorized} }
func refusedStamp() []int {
	return []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}
}

func refusedClient() []int {
	return []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
}
func accepted() []int { return []int{http.StatusOK} }

func signed(name string, s signing, want []int) attempt {
	return attempt{name, func(r *request) *request { return r.with(s) }, want}
}

// authChecks are the matrix of authentication: every requirement for every operation that can be read.
func authChecks(doc *contract) []*check {
	var out []*check
	for _, op := range doc.reads() {
		for _, m := range matrix(doc, op) {
			if len(m.attempts) == 0 {
				continue // nothing of the kind can be done to this operation
			}
			out = append(out, &check{
				id: m.requirement + "." + op.id, requirement: m.requirement, title: m.title + " (" + op.id + ")", operation: op.id,
				run: func(p *probe) error { return p.tryAll(op, m.attempts) },
			})
		}
	}
	return out
}

// tryAll makes the attempts on a request that is otherwise valid.
func (p *probe) tryAll(op *operation, attempts []attempt) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	requests := make([]*request, len(attempts))
	for i, a := range attempts {
		requests[i] = a.change(p.to(op, id))
	}
	answers, err := p.askAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		text := "a request " + attempts[i].name + " was not refused as it should be"
		if attempts[i].want[0] == http.StatusOK {
			text = "a properly signed request " + attempts[i].name + " was not accepted"
		}
		p.want(e, text, "", attempts[i].want...)
	}
	return nil
}

type matrixRow struct {
	requirement, title string
	attempts           []attempt
}

func matrix(doc *contract, op *operation) []matrixRow {
	rows := []matrixRow{
		{"AUTH-EVERY-OPERATION", "a request with none of the four headers is refused", []attempt{signed("without the four headers", signing{anonymous: true}, refusedLoose())}},
		{"AUTH-HEADER-MISSING", "a request that lacks one of the four headers is refused", eachHeader("without ", func(name string) signing { return signing{drop: name} })},
		{"AUTH-HEADER-EMPTY", "a request with one of the four headers empty is refused", eachHeader("with an empty ", func(name string) signing { return signing{empty: name} })},
		{"AUTH-SIGNATURE", "a signature of another secret is refused", otherSecrets()},
		{"AUTH-SIGNATURE-FORM", "a signature header of another form is refused", otherForms()},
		{"AUTH-SIGNATURE-WHOLE", "the whole digest counts", eachMangle()},
		{"AUTH-COVERS-METHOD", "a signature for another method is refused", []attempt{
			signed("signed for POST", signing{method: new("POST")}, refused()), signed("signed without its method", signing{method: new("")}, refused()),
		}},
		{"AUTH-COVERS-PATH", "a signature for another path is refused", otherPaths(doc, op)},
		{"AUTH-COVERS-QUERY", "a signature for another query is refused", otherQueries(op)},
		{"AUTH-COVERS-TIMESTAMP", "a signature for another timestamp is refused", []attempt{
			signed("signed for the second before its X-Timestamp", signing{signShift: -1}, refusedStale()),
			signed("signed for the minute after its X-Timestamp", signing{signShift: 60}, refusedStale()),
		}},
		{"AUTH-QUERY-AS-SENT", "a query with encoded characters is accepted", oddQueries(op)},
		{"AUTH-TIMESTAMP-FORM", "a timestamp that is no integer is refused", eachStampForm()},
		{"AUTH-TIMESTAMP-STALE", "a timestamp a day old is refused", []attempt{
			signed("a day old", signing{shift: -24 * time.Hour}, refusedStale()), signed("thirty days old", signing{shift: -30 * 24 * time.Hour}, refusedStale()),
		}},
		{"AUTH-TIMESTAMP-AHEAD", "a timestamp a day ahead is refused", []attempt{
			signed("dated a day ahead", signing{shift: 24 * time.Hour}, refusedStale()), signed("dated a year ahead", signing{shift: 365 * 24 * time.Hour}, refusedStale()),
		}},
		{"AUTH-UNKNOWN-CLIENT", "an unknown client is refused", []attempt{
			signed("of a client that does not exist", signing{client: new("no-such-client-7f3a")}, refusedClient()),
			signed("of a client that does not exist, signed with an empty secret", signing{client: new("no-such-client-7f3a"), secret: new("")}, refusedClient()),
		}},
		{"AUTH-UNKNOWN-DOMAIN", "an unknown workspace is refused", []attempt{
			signed("of a workspace that does not exist", signing{domain: new("no-such-workspace-7f3a")}, refusedClient()),
			signed("of a workspace that does not exist, signed with an empty secret", signing{domain: new("no-such-workspace-7f3a"), secret: new("")}, refusedClient()),
		}},
	}
	return rows
}

func eachHeader(name string, how func(string) signing) []attempt {
	var out []attempt
	for _, header := range authHeaders() {
		out = append(out, signed(name+header, how(header), refusedLoose()))
	}
	return out
}

func otherSecrets() []attempt {
	return []attempt{
		signed("signed with another secret", signing{secret: new("not-the-secret")}, refused()),
		signed("signed with an empty secret", signing{secret: new("")}, refused()),
	}
}

func otherForms() []attempt {
	of := func(name, value string) attempt {
		return attempt{"with " + name + " for a signature", func(r *request) *request { return r.with(signing{value: &value}) }, refusedLoose()}
	}
	return []attempt{
		of("a word", "garbage"),
		of("sha256= and nothing behind it", "sha256="),
		of("64 letters that are no hexadecimal digits", "sha256=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"),
		of("64 zeros", "sha256=0000000000000000000000000000000000000000000000000000000000000000"),
	}
}

func eachMangle() []attempt {
	var out []attempt
	for _, m := range wholeMangles() {
		out = append(out, signed("whose digest has "+m.name, signing{mangle: &m}, refusedLoose()))
	}
	return out
}

func eachStampForm() []attempt {
	var out []attempt
	for _, form := range stampForms() {
		out = append(out, signed("whose X-Timestamp is "+form.name, signing{form: &form}, refusedStamp()))
	}
	return out
}

// otherPaths sign the request for the path of another operation, and for another id.
func otherPaths(doc *contract, op *operation) []attempt {
	var out []attempt
	for _, other := range doc.reads() {
		if other.id != op.id && other.pathParameter() == nil {
			out = append(out, signed("signed for "+other.path, signing{path: new(other.path)}, refused()))
			break
		}
	}
	if op.pathParameter() != nil {
		out = append(out, attempt{"signed for another id", func(r *request) *request { return r.with(signing{path: new(r.path + "1")}) }, refused()})
	}
	return append(out, signed("signed without its path", signing{path: new("")}, refused()))
}

// otherQueries sign a query that is not the one sent. Both are valid ones, so nothing but the signature can be wrong; but a parameter that the
// contract does not have may be refused with 400.
func otherQueries(op *operation) []attempt {
	out := []attempt{
		{"signed with a parameter more than it has", func(r *request) *request { return r.with(signing{query: new(plus(r.query, "extra=1"))}) }, refused()},
		{"with a parameter more than was signed", func(r *request) *request {
			c := r.with(signing{query: new(r.query)})
			c.query = plus(c.query, "extra=1")
			return c
		}, refusedLoose()},
	}
	if op.parameter("query", numberParameter) != nil {
		out = append(out, attempt{"signed without its query", func(r *request) *request { return r.with(signing{query: new("")}) }, refused()})
	}
	for _, p := range op.parameters {
		words := p.enumWords()
		if p.in != "query" || len(words) < 2 {
			continue
		}
		out = append(out, attempt{"signed with another " + p.name + " than it has", func(r *request) *request {
			c := r.with(signing{query: new(plus(r.query, p.name+"="+words[0]))})
			c.query = plus(c.query, p.name+"="+words[1])
			return c
		}, refused()})
	}
	return out
}

// oddQueries are valid queries that look different once they are decoded and encoded again.
func oddQueries(op *operation) []attempt {
	sent := func(name string, query func(string) string) attempt {
		return attempt{name, func(r *request) *request {
			c := *r
			c.query = query(r.query)
			return &c
		}, accepted()}
	}
	out := []attempt{}
	if p := op.parameter("query", numberParameter); p != nil {
		out = append(out, sent("with a percent-encoded digit in "+numberParameter, func(query string) string {
			value := query[len(numberParameter)+1:]
			return fmt.Sprintf("%s=%%%02X%s", numberParameter, value[0], value[1:])
		}))
	}
	if op.parameter("query", "searchTerm") == nil {
		return out
	}
	for _, term := range []struct{ name, encoded string }{
		{"with percent-encoded Arabic in its query", "%D8%A3%D8%AD%D9%85%D8%AF"},
		{"with percent-encoded Arabic in small hexadecimal digits in its query", "%d8%a3%d8%ad%d9%85%d8%af"},
		{"with a + in its query", "a+b"},
		{"with an encoded + in its query", "%2B966"},
		{"with an encoded space, % and & in its query", "a%20%25%26b"},
		{"with characters in its query that need no encoding but may have one", "a~b(c)*d'e!"},
	} {
		out = append(out, sent(term.name, func(query string) string { return plus(query, "searchTerm="+term.encoded) }))
	}
	return out
}

// plus adds a parameter to a query that may be empty.
func plus(query, parameter string) string {
	if query == "" {
		return parameter
	}
	return query + "&" + parameter
}
