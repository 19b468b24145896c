package specs

import (
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// A authCase is one request of the authentication matrix, and the statuses that a right server may answer.
type authCase struct {
	name   string
	change func(r *exchange.Request) *exchange.Request
	want   []int
}

// What a right server may answer: the vendor's pages contradict each other, and every reading is lawful.
func refused() []int { return []int{http.StatusUnauthorized} }

func refusedLoose() []int { return []int{http.StatusUnauthorized, http.StatusBadRequest} }

func refusedStale() []int { return []int{http.StatusForbidden, http.StatusUnauthorized} }

func refusedStamp() []int {
	return []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}
}

func refusedClient() []int {
	return []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
}

func accepted() []int { return []int{http.StatusOK} }

func signed(name string, s exchange.Signing, want []int) authCase {
	return authCase{name, func(r *exchange.Request) *exchange.Request { return r.With(s) }, want}
}

// authChecks are the matrix of authentication: every requirement for every operation that can be read.
func authChecks(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Reads() {
		for _, m := range matrix(doc, op) {
			if len(m.attempts) == 0 {
				continue // nothing of the kind can be done to this operation
			}
			out = append(out, &run.Case{
				ID: m.requirement + "." + op.ID, Requirement: m.requirement, Title: m.title + " (" + op.ID + ")", Operation: op.ID,
				Run: asCase(func(t *T) error { return t.tryAll(op, m.attempts) }),
			})
		}
	}
	return out
}

// tryAll makes the attempts on a request that is otherwise valid.
func (t *T) tryAll(op *document.Operation, attempts []authCase) error {
	id, err := t.subject(op)
	if err != nil {
		return err
	}
	requests := make([]*exchange.Request, len(attempts))
	for i, a := range attempts {
		requests[i] = a.change(t.To(op, id))
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	for i, e := range answers {
		text := "a request " + attempts[i].name + " was not refused as it should be"
		if attempts[i].want[0] == http.StatusOK {
			text = "a properly signed request " + attempts[i].name + " was not accepted"
		}
		t.want(e, text, "", attempts[i].want...)
	}
	return nil
}

type matrixRow struct {
	requirement, title string
	attempts           []authCase
}

func matrix(doc *document.Document, op *document.Operation) []matrixRow {
	rows := []matrixRow{
		{"AUTH-EVERY-OPERATION", "a request with none of the four headers is refused", []authCase{signed("without the four headers", exchange.Signing{Anonymous: true}, refusedLoose())}},
		{"AUTH-HEADER-MISSING", "a request that lacks one of the four headers is refused", eachHeader("without ", func(name string) exchange.Signing { return exchange.Signing{Drop: name} })},
		{"AUTH-HEADER-EMPTY", "a request with one of the four headers empty is refused", eachHeader("with an empty ", func(name string) exchange.Signing { return exchange.Signing{Empty: name} })},
		{"AUTH-SIGNATURE", "a signature of another secret is refused", otherSecrets()},
		{"AUTH-SIGNATURE-FORM", "a signature header of another form is refused", otherForms()},
		{"AUTH-SIGNATURE-WHOLE", "the whole digest counts", eachMangle()},
		{"AUTH-COVERS-METHOD", "a signature for another method is refused", []authCase{
			signed("signed for POST", exchange.Signing{Method: new("POST")}, refused()), signed("signed without its method", exchange.Signing{Method: new("")}, refused()),
		}},
		{"AUTH-COVERS-PATH", "a signature for another path is refused", otherPaths(doc, op)},
		{"AUTH-COVERS-QUERY", "a signature for another query is refused", otherQueries(op)},
		{"AUTH-COVERS-TIMESTAMP", "a signature for another timestamp is refused", []authCase{
			signed("signed for the second before its X-Timestamp", exchange.Signing{SignShift: -1}, refusedStale()),
			signed("signed for the minute after its X-Timestamp", exchange.Signing{SignShift: 60}, refusedStale()),
		}},
		{"AUTH-QUERY-AS-SENT", "a query with encoded characters is accepted", oddQueries(op)},
		{"AUTH-TIMESTAMP-FORM", "a timestamp that is no integer is refused", eachStampForm()},
		{"AUTH-TIMESTAMP-STALE", "a timestamp a day old is refused", []authCase{
			signed("a day old", exchange.Signing{Shift: -24 * time.Hour}, refusedStale()), signed("thirty days old", exchange.Signing{Shift: -30 * 24 * time.Hour}, refusedStale()),
		}},
		{"AUTH-TIMESTAMP-AHEAD", "a timestamp a day ahead is refused", []authCase{
			signed("dated a day ahead", exchange.Signing{Shift: 24 * time.Hour}, refusedStale()), signed("dated a year ahead", exchange.Signing{Shift: 365 * 24 * time.Hour}, refusedStale()),
		}},
		{"AUTH-UNKNOWN-CLIENT", "an unknown client is refused", []authCase{
			signed("of a client that does not exist", exchange.Signing{Client: new("no-such-client-7f3a")}, refusedClient()),
			signed("of a client that does not exist, signed with an empty secret", exchange.Signing{Client: new("no-such-client-7f3a"), Secret: new("")}, refusedClient()),
		}},
		{"AUTH-UNKNOWN-DOMAIN", "an unknown workspace is refused", []authCase{
			signed("of a workspace that does not exist", exchange.Signing{Domain: new("no-such-workspace-7f3a")}, refusedClient()),
			signed("of a workspace that does not exist, signed with an empty secret", exchange.Signing{Domain: new("no-such-workspace-7f3a"), Secret: new("")}, refusedClient()),
		}},
	}
	return rows
}

func eachHeader(name string, how func(string) exchange.Signing) []authCase {
	var out []authCase
	for _, header := range exchange.AuthHeaders() {
		out = append(out, signed(name+header, how(header), refusedLoose()))
	}
	return out
}

func otherSecrets() []authCase {
	return []authCase{
		signed("signed with another secret", exchange.Signing{Secret: new("not-the-secret")}, refused()),
		signed("signed with an empty secret", exchange.Signing{Secret: new("")}, refused()),
	}
}

func otherForms() []authCase {
	of := func(name, value string) authCase {
		return authCase{"with " + name + " for a signature", func(r *exchange.Request) *exchange.Request { return r.With(exchange.Signing{Value: &value}) }, refusedLoose()}
	}
	return []authCase{
		of("a word", "garbage"),
		of("sha256= and nothing behind it", "sha256="),
		of("64 letters that are no hexadecimal digits", "sha256=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"),
		of("64 zeros", "sha256=0000000000000000000000000000000000000000000000000000000000000000"),
	}
}

func eachMangle() []authCase {
	var out []authCase
	for _, m := range exchange.Tamperings() {
		out = append(out, signed("whose digest has "+m.Name, exchange.Signing{Tampering: &m}, refusedLoose()))
	}
	return out
}

func eachStampForm() []authCase {
	var out []authCase
	for _, form := range exchange.TimestampForms() {
		out = append(out, signed("whose X-Timestamp is "+form.Name, exchange.Signing{TimestampForm: &form}, refusedStamp()))
	}
	return out
}

// otherPaths sign the request for the path of another operation, and for another id.
func otherPaths(doc *document.Document, op *document.Operation) []authCase {
	var out []authCase
	for _, other := range doc.Reads() {
		if other.ID != op.ID && other.PathParameter() == nil {
			out = append(out, signed("signed for "+other.Path, exchange.Signing{Path: new(other.Path)}, refused()))
			break
		}
	}
	if op.PathParameter() != nil {
		out = append(out, authCase{"signed for another id", func(r *exchange.Request) *exchange.Request { return r.With(exchange.Signing{Path: new(r.Path + "1")}) }, refused()})
	}
	return append(out, signed("signed without its path", exchange.Signing{Path: new("")}, refused()))
}

// otherQueries sign a query that is not the one sent. Both are valid ones, so nothing but the signature can be wrong; but a parameter that the
// contract does not have may be refused with 400.
func otherQueries(op *document.Operation) []authCase {
	out := []authCase{
		{"signed with a parameter more than it has", func(r *exchange.Request) *exchange.Request {
			return r.With(exchange.Signing{Query: new(plus(r.Query, "extra=1"))})
		}, refused()},
		{"with a parameter more than was signed", func(r *exchange.Request) *exchange.Request {
			c := r.With(exchange.Signing{Query: new(r.Query)})
			c.Query = plus(c.Query, "extra=1")
			return c
		}, refusedLoose()},
	}
	if op.Parameter("query", exchange.NumberParameter) != nil {
		out = append(out, authCase{"signed without its query", func(r *exchange.Request) *exchange.Request { return r.With(exchange.Signing{Query: new("")}) }, refused()})
	}
	for _, p := range op.Parameters {
		words := p.EnumWords()
		if p.In != "query" || len(words) < 2 {
			continue
		}
		out = append(out, authCase{"signed with another " + p.Name + " than it has", func(r *exchange.Request) *exchange.Request {
			c := r.With(exchange.Signing{Query: new(plus(r.Query, p.Name+"="+words[0]))})
			c.Query = plus(c.Query, p.Name+"="+words[1])
			return c
		}, refused()})
	}
	return out
}

// oddQueries are valid queries that look different once they are decoded and encoded again.
func oddQueries(op *document.Operation) []authCase {
	sent := func(name string, query func(string) string) authCase {
		return authCase{name, func(r *exchange.Request) *exchange.Request {
			c := *r
			c.Query = query(r.Query)
			return &c
		}, accepted()}
	}
	out := []authCase{}
	if p := op.Parameter("query", exchange.NumberParameter); p != nil {
		out = append(out, sent("with a percent-encoded digit in "+exchange.NumberParameter, func(query string) string {
			value := query[len(exchange.NumberParameter)+1:]
			return fmt.Sprintf("%s=%%%02X%s", exchange.NumberParameter, value[0], value[1:])
		}))
	}
	if op.Parameter("query", "searchTerm") == nil {
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
