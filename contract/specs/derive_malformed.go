package specs

import (
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// malformedWays send malformed requests: they may be refused with any status below 500.
func malformedWays() []way {
	return []way{
		{name: "malformed query", requirement: "HTTP-NO-SERVER-ERROR", suffix: "query", title: "a malformed query does not cause a server error", attempts: malformedQueries},
		{name: "malformed body", requirement: "HTTP-NO-SERVER-ERROR", suffix: "body", title: "a malformed body does not cause a server error", unfit: withoutBody, attempts: malformedBodies},
		{name: "malformed header", requirement: "HTTP-NO-SERVER-ERROR", suffix: "header", title: "a malformed header does not cause a server error", attempts: malformedHeaders},
	}
}

// noServerError is an attempt that may have any answer but a 5xx.
func noServerError(name string, change func(r *exchange.Request) *exchange.Request) attempt {
	return attempt{name: name, change: func(r *exchange.Request) *exchange.Request {
		c := change(r)
		c.Expect, c.Proper, c.About, c.Malformed = exchange.ExpectNothing, false, nil, true
		return c
	}, judge: func(t *T, e *exchange.Exchange) {
		if e.Status >= http.StatusInternalServerError {
			t.Fail(judge.Finding{Text: "a request " + name + " was answered with a server error", Expected: "any status below 500", Actual: e.Result()}, e)
		}
	}}
}

// malformedQueries puts values with broken escapes or broken UTF-8 into the parameters of the query, and into one that the document does not have.
func malformedQueries(_ *document.Document, op *document.Operation) []attempt {
	names := []string{"extra"}
	for _, p := range op.Parameters {
		if p.In == "query" && p.Name != exchange.NumberParameter {
			names = append(names, p.Name)
		}
	}
	values := []struct{ name, encoded string }{
		{"a broken escape", "%ZZ"},
		{"half an escape", "%2"},
		{"a NUL", "a%00b"},
		{"bytes that are no UTF-8", "%FF%FE"},
		{"half a surrogate pair", "%ED%A0%80"},
		{"4,000 characters", strings.Repeat("x", 4000)},
	}
	var out []attempt
	add := func(name string, change func(query string) string) {
		out = append(out, noServerError(name, func(r *exchange.Request) *exchange.Request {
			c := r.AnyAnswer()
			c.Query = change(r.Query)
			return c
		}))
	}
	for i, v := range values {
		name := names[i%len(names)]
		add("with "+v.name+" in "+name, func(query string) string { return addParameter(query, name+"="+v.encoded) })
		if len(names) > 1 && i < 4 {
			other := names[(i+1)%len(names)]
			add("with "+v.name+" in "+other, func(query string) string { return addParameter(query, other+"="+v.encoded) })
		}
		if op.Parameter("query", exchange.NumberParameter) != nil && i < 4 {
			add("with "+v.name+" in "+exchange.NumberParameter, func(string) string { return exchange.NumberParameter + "=" + v.encoded })
		}
	}
	for _, p := range op.Parameters {
		for _, v := range oddValues(p) {
			add("with "+v+" in "+p.Name, func(query string) string { return addParameter(query, exchange.EncodeQuery(exchange.Param(p.Name, v))) })
		}
	}
	add("with each parameter twice", func(query string) string {
		for _, name := range names {
			query = addParameter(query, name+"=1&"+name+"=2")
		}
		return query
	})
	add("with brackets in the names of its parameters", func(query string) string { return addParameter(query, "extra[]=1&extra[a]=2&["+names[0]+"=3") })
	add("with nothing but & and = in its query", func(query string) string { return addParameter(query, "&&=&=;") })
	return out
}

// oddValues are values of a parameter that may cause an error in a database. Most of them are valid.
func oddValues(p *document.Parameter) []string {
	switch {
	case p.In != "query" || p.Name == exchange.NumberParameter:
		return nil
	case p.Schema.Type.Is("integer"):
		return []string{"9223372036854775807", "-9223372036854775808", "1" + strings.Repeat("0", 30)}
	case p.Schema.Format == "date":
		return []string{"0000-00-00", "0000-01-01", "9999-12-31"}
	case p.Schema.Type.Is("string") && len(p.Schema.Enum) == 0:
		return []string{`'"\`, "😀"}
	}
	return nil
}

// malformedHeaders puts unusual values into each header that the document has.
func malformedHeaders(_ *document.Document, op *document.Operation) []attempt {
	var out []attempt
	for _, h := range []struct{ name, value string }{{"Accept", "text/html"}, {"Accept", "*/*;q=x, /"}, {"Accept-Language", "ar;q=2, *"}} {
		out = append(out, noServerError("with "+h.name+" of an odd form", func(r *exchange.Request) *exchange.Request { return r.AnyAnswer().WithHeader(h.name, h.value) }))
	}
	for _, p := range op.Parameters {
		if p.In != "header" || slices.Contains(exchange.AuthHeaders(), http.CanonicalHeaderKey(p.Name)) {
			continue
		}
		for _, value := range []string{"", "v", "V1", "v99999999999999999999", "1\xff"} {
			out = append(out, noServerError("with "+p.Name+" of an odd form", func(r *exchange.Request) *exchange.Request { return r.AnyAnswer().WithHeader(p.Name, value) }))
		}
	}
	return out
}

// bodyWays are about every body.
func bodyWays() []way {
	return []way{
		{name: "parameters of the media type", requirement: "HTTP-MEDIA-TYPE", title: "a media type may have parameters", attempts: mediaTypes, unfit: withoutBody},
		{name: "another media type", requirement: "HTTP-MEDIA-OTHER", title: "a body of a media type that the operation does not have is refused", attempts: otherMedia, unfit: withoutBody},
	}
}

// refusedMedia are the statuses of a right server for a body of a media type that it does not take.
func refusedMedia() []int {
	return []int{http.StatusBadRequest, http.StatusUnsupportedMediaType}
}

// otherMedia say what a valid body says in each media type that the operation does not have.
func otherMedia(_ *document.Document, op *document.Operation) []attempt {
	var out []attempt
	add := func(name, media string) {
		if !op.Takes(media) {
			out = append(out, attempt{name: name, want: refusedMedia(), change: func(r *exchange.Request) *exchange.Request { return r.In(media).MayBeRefused() }})
		}
	}
	for _, media := range []string{exchange.MediaEncoded, exchange.MediaForm, exchange.MediaJSON} {
		add("whose body is "+media, media)
	}
	if op.Takes(exchange.MediaJSON) { // a page of another site can send this without asking first
		add("whose JSON is said to be text/plain", "text/plain")
	}
	return out
}

func withoutBody(op *document.Operation) string {
	if len(op.Bodies) == 0 {
		return "it has no body"
	}
	return ""
}

// mediaTypes are other spellings of the media type of a body.
func mediaTypes(_ *document.Document, op *document.Operation) []attempt {
	var out []attempt
	for i, b := range op.Bodies {
		forms := []string{"application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON"}
		if b.Media == exchange.MediaForm {
			forms = []string{`multipart/form-data; boundary="` + exchange.Boundary + `"`, "multipart/form-data; charset=utf-8; boundary=" + exchange.Boundary}
		}
		for _, form := range forms {
			out = append(out, attempt{
				name: "with the Content-Type " + form, body: i, want: accepted(),
				change: func(r *exchange.Request) *exchange.Request { return r.AnyAnswer().WithHeader("Content-Type", form) },
			})
		}
	}
	return out
}
