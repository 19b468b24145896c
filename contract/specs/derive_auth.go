package specs

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// authWays are about authentication.
func authWays() []way {
	return slices.Concat(headerWays(), signatureWays(), coverageWays(), timestampWays(), callerWays())
}

func authWay(name, requirement, title string, attempts func(doc *document.Document, op *document.Operation) []attempt) way {
	lawful := slices.Contains([]string{"AUTH-VALID", "AUTH-QUERY-AS-SENT", "AUTH-HEADER-CASE"}, requirement)
	return way{name: name, requirement: requirement, title: title, forged: !lawful, unfit: unsigned, attempts: attempts}
}

// sameAttempts is the function attempts of a way that has the same attempts for every operation.
func sameAttempts(attempts ...attempt) func(*document.Document, *document.Operation) []attempt {
	return func(*document.Document, *document.Operation) []attempt { return attempts }
}

// headerWays leave headers out, or empty.
func headerWays() []way {
	return []way{
		authWay("no headers", "AUTH-EVERY-OPERATION", "a request with none of the four headers is refused", sameAttempts(signed("without the four headers", exchange.Signing{Anonymous: true}, refusedLoose()))),
		authWay("a header missing", "AUTH-HEADER-MISSING", "a request that lacks one of the four headers is refused", sameAttempts(eachHeader("without ", func(name string) exchange.Signing { return exchange.Signing{Drop: name} })...)),
		authWay("a header empty", "AUTH-HEADER-EMPTY", "a request with one of the four headers empty is refused", sameAttempts(eachHeader("with an empty ", func(name string) exchange.Signing { return exchange.Signing{Empty: name} })...)),
	}
}

// signatureWays send wrong signatures.
func signatureWays() []way {
	return []way{
		authWay("another secret", "AUTH-SIGNATURE", "a signature of another secret is refused", sameAttempts(otherSecrets()...)),
		authWay("form of the signature", "AUTH-SIGNATURE-FORM", "a signature header of another form is refused", sameAttempts(otherForms()...)),
		authWay("digest changed", "AUTH-SIGNATURE-WHOLE", "a changed or shortened digest is refused", sameAttempts(eachTampering()...)),
	}
}

// coverageWays are about what the signature covers: method, path, query, timestamp and body. Each is changed after signing, which must be refused, or
// written in an unusual form before signing, which must be accepted.
func coverageWays() []way {
	bodies := authWay("body as sent", "AUTH-VALID", "an unusually written body that is signed as it is sent is accepted", bodiesAsSent)
	bodies.suffix = "body" // AUTH-VALID.operation is the rule of every exchange
	return []way{
		authWay("signed for another method", "AUTH-COVERS-METHOD", "a signature for another method is refused", otherMethodsSigned),
		authWay("signed for another path", "AUTH-COVERS-PATH", "a signature for another path is refused", otherPaths),
		authWay("signed for another query", "AUTH-COVERS-QUERY", "a signature for another query is refused", otherQueries),
		authWay("signed for another time", "AUTH-COVERS-TIMESTAMP", "a signature for another timestamp is refused", sameAttempts(
			signed("signed for the second before its X-Timestamp", exchange.Signing{SignShift: -1}, refusedStale()),
			signed("signed for the minute after its X-Timestamp", exchange.Signing{SignShift: 60}, refusedStale()),
		)),
		authWay("signed for another body", "AUTH-COVERS-BODY", "a signature for another body is refused", otherBodies),
		bodies,
		authWay("query as sent", "AUTH-QUERY-AS-SENT", "a query with encoded characters is accepted", oddQueries),
		authWay("case of header names", "AUTH-HEADER-CASE", "the names of the four headers may be written in any case", sameAttempts(attempt{
			name: "with the names of its headers in small letters", want: accepted(), change: func(r *exchange.Request) *exchange.Request { return stillValid(r, exchange.Signing{Lower: true}) },
		})),
	}
}

// timestampWays are about the form and the age of the timestamp.
func timestampWays() []way {
	milliseconds := exchange.Milliseconds()
	return []way{
		authWay("form of the timestamp", "AUTH-TIMESTAMP-FORM", "a timestamp that is no integer is refused", sameAttempts(eachStampForm()...)),
		authWay("timestamp old", "AUTH-TIMESTAMP-STALE", "a timestamp a day old is refused", sameAttempts(
			signed("a day old", exchange.Signing{Shift: -24 * time.Hour}, refusedStale()), signed("thirty days old", exchange.Signing{Shift: -30 * 24 * time.Hour}, refusedStale()),
		)),
		authWay("timestamp ahead", "AUTH-TIMESTAMP-AHEAD", "a timestamp a day ahead is refused", sameAttempts(
			signed("dated a day ahead", exchange.Signing{Shift: 24 * time.Hour}, refusedStale()), signed("dated a year ahead", exchange.Signing{Shift: 365 * 24 * time.Hour}, refusedStale()),
			signed("whose X-Timestamp is "+milliseconds.Name, exchange.Signing{TimestampForm: &milliseconds}, refusedStamp()),
		)),
	}
}

// callerWays name a client or a workspace that does not exist.
func callerWays() []way {
	unknownClient, unknownDomain := "no-such-client-7f3a", "no-such-workspace-7f3a"
	return []way{
		authWay("client unknown", "AUTH-UNKNOWN-CLIENT", "an unknown client is refused", sameAttempts(
			signed("of a client that does not exist", exchange.Signing{Client: &unknownClient}, refusedClient()),
			signed("of a client that does not exist, signed with an empty secret", exchange.Signing{Client: &unknownClient, Secret: new("")}, refusedClient()),
		)),
		authWay("workspace unknown", "AUTH-UNKNOWN-DOMAIN", "an unknown workspace is refused", sameAttempts(
			signed("of a workspace that does not exist", exchange.Signing{Domain: &unknownDomain}, refusedClient()),
			signed("of a workspace that does not exist, signed with an empty secret", exchange.Signing{Domain: &unknownDomain, Secret: new("")}, refusedClient()),
		)),
	}
}

// unsigned says why authentication is not tried on an operation; "" if it is.
func unsigned(op *document.Operation) string {
	if op.Public {
		return "the document asks for no security"
	}
	return ""
}

func otherMethodsSigned(_ *document.Document, op *document.Operation) []attempt {
	other := http.MethodPost
	if op.Method == http.MethodPost {
		other = http.MethodPut
	}
	out := []attempt{signed("signed for "+other, exchange.Signing{Method: &other}, refused()), signed("signed without its method", exchange.Signing{Method: new("")}, refused())}
	if op.Method != http.MethodGet { // the signature of a read must not be valid for a command
		out = append(out, signed("signed for GET", exchange.Signing{Method: new(http.MethodGet)}, refused()))
	}
	return out
}

// otherPaths sign the request for another path: that of another operation with the same method, that of a read, and that of another id.
func otherPaths(doc *document.Document, op *document.Operation) []attempt {
	var out []attempt
	for _, method := range slices.Compact([]string{op.Method, http.MethodGet}) {
		at := slices.IndexFunc(doc.Operations, func(other *document.Operation) bool {
			return other.ID != op.ID && other.PathParameter() == nil && other.Method == method
		})
		if at >= 0 {
			path := doc.Operations[at].Path
			out = append(out, signed("signed for "+path, exchange.Signing{Path: &path}, refused()))
		}
	}
	if op.PathParameter() != nil {
		out = append(out, attempt{name: "signed for another id", want: refused(), change: func(r *exchange.Request) *exchange.Request { return r.With(exchange.Signing{Path: new(r.Path + "1")}) }})
	}
	return append(out,
		signed("signed without its path", exchange.Signing{Path: new("")}, refused()),
		attempt{name: "signed for its path with a / at the end", want: refused(), change: func(r *exchange.Request) *exchange.Request { return r.With(exchange.Signing{Path: new(r.Path + "/")}) }},
	)
}

// otherQueries sign another query than they send. Both are valid, so only the signature is wrong. A parameter that the contract does not have may also be
// refused with 400.
func otherQueries(_ *document.Document, op *document.Operation) []attempt {
	out := []attempt{
		{name: "signed with one more parameter than it has", want: refused(), change: func(r *exchange.Request) *exchange.Request {
			return r.With(exchange.Signing{Query: new(addParameter(r.Query, "extra=1"))})
		}},
		{name: "with one more parameter than was signed", want: refusedLoose(), change: func(r *exchange.Request) *exchange.Request {
			c := r.With(exchange.Signing{Query: new(r.Query)})
			c.Query = addParameter(c.Query, "extra=1")
			return c
		}},
	}
	if op.Parameter("query", exchange.NumberParameter) != nil {
		out = append(out,
			attempt{name: "signed without its query", want: refused(), change: func(r *exchange.Request) *exchange.Request { return r.With(exchange.Signing{Query: new("")}) }},
			attempt{name: "signed for another number", want: refused(), change: func(r *exchange.Request) *exchange.Request {
				return r.With(exchange.Signing{Query: new(r.Query + "1")})
			}},
		)
	}
	for _, p := range op.Parameters {
		words := p.EnumWords()
		if p.In != "query" || len(words) < 2 {
			continue
		}
		out = append(out, attempt{name: "signed with another value of " + p.Name, want: refused(), change: func(r *exchange.Request) *exchange.Request {
			c := r.With(exchange.Signing{Query: new(addParameter(r.Query, p.Name+"="+words[0]))})
			c.Query = addParameter(c.Query, p.Name+"="+words[1])
			return c
		}})
	}
	return out
}

// oddQueries are valid queries whose text changes when a server decodes and encodes them again. A parameter that the contract does not have, or that appears
// twice, may be refused as invalid, but not as wrongly signed.
func oddQueries(_ *document.Document, op *document.Operation) []attempt {
	sent := func(name string, want []int, query func(string) string) attempt {
		return attempt{name: name, want: want, change: func(r *exchange.Request) *exchange.Request { return asSent(r, query(r.Query), want) }}
	}
	tolerated := append(accepted(), http.StatusBadRequest, http.StatusNotFound)
	out := []attempt{}
	if p := op.Parameter("query", exchange.NumberParameter); p != nil {
		for _, digit := range []struct{ name, form string }{{"upper", "%%%02X"}, {"lower", "%%%02x"}} {
			out = append(out, sent("with a percent-encoded digit in "+exchange.NumberParameter+" ("+digit.name+" case)", accepted(), func(query string) string {
				value := query[len(exchange.NumberParameter)+1:]
				return fmt.Sprintf("%s="+digit.form+"%s", exchange.NumberParameter, value[0], value[1:])
			}))
		}
		out = append(out, sent("with "+exchange.NumberParameter+" twice", tolerated, func(query string) string { return query + "&" + query }))
	}
	for _, extra := range []struct{ name, encoded string }{
		{"with a parameter that the document does not have", "extra=a%2fb%2Fc"},
		{"with ? / : @ = in the value of a parameter", "extra=a?b/c:d@e=f"},
		{"with a parameter that has no value", "extra="},
		{"with a parameter that is a name alone", "extra"},
	} {
		out = append(out, sent(extra.name, tolerated, func(query string) string { return addParameter(query, extra.encoded) }))
	}
	if op.Parameter("query", exchange.NumberParameter) != nil {
		out = append(out, sent("with a parameter before "+exchange.NumberParameter, tolerated, func(query string) string { return "extra=1&" + query }))
	}
	if op.Parameter("query", "searchTerm") != nil {
		// An empty search may be refused as invalid, but not as wrongly signed.
		out = append(out, sent("with an empty search", tolerated, func(query string) string { return addParameter(query, "searchTerm=") }))
	}
	return append(out, oddTerms(op, sent)...)
}

// oddTerms are queries with searchTerm, which may be any text.
func oddTerms(op *document.Operation, sent func(name string, want []int, query func(string) string) attempt) (out []attempt) {
	if op.Parameter("query", "searchTerm") == nil {
		return nil
	}
	for _, term := range []struct{ name, encoded string }{
		{"with percent-encoded Arabic in its query", "%D8%A3%D8%AD%D9%85%D8%AF"},
		{"with percent-encoded Arabic in small hexadecimal digits in its query", "%d8%a3%d8%ad%d9%85%d8%af"},
		{"with a + in its query", "a+b"},
		{"with an encoded + in its query", "%2B966"},
		{"with an encoded space, % and & in its query", "a%20%25%26b"},
		{"with characters in its query that need no encoding but may have one", "a~b(c)*d'e!"},
		{"with ? / : @ = in its search", "a?b/c:d@e=f"},
	} {
		out = append(out, sent(term.name, accepted(), func(query string) string { return addParameter(query, "searchTerm="+term.encoded) }))
	}
	return append(out, sent("with searchTerm as its first parameter", accepted(), func(query string) string {
		if query == "" {
			return "searchTerm=9"
		}
		return "searchTerm=9&" + query
	}))
}

// asSent returns a copy with another query that is properly signed. If want allows other statuses than success, the answer may be any documented one.
func asSent(r *exchange.Request, query string, want []int) *exchange.Request {
	c := r.AnyAnswer()
	c.Query = query
	if len(want) > 1 {
		c.Proper = false // a refusal is right, but not with 401 or 403
	}
	return c
}

// stillValid returns a copy that is signed in another way, which is valid too.
func stillValid(r *exchange.Request, s exchange.Signing) *exchange.Request {
	c := r.AnyAnswer()
	c.Sign = s
	return c
}

// addParameter adds a parameter to a query, which may be empty.
func addParameter(query, parameter string) string {
	if query == "" {
		return parameter
	}
	return query + "&" + parameter
}
