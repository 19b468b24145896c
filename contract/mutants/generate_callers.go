package main

import (
	"bytes"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// breaking adds a mutant whose document is the original one, and that the cases of a requirement are tried on.
func (g *generator) breaking(requirement, place, keyword, change string, faulty change) {
	g.behave(place, keyword, change, faulty)
	g.out[len(g.out)-1].breaks = requirement
}

// signing adds servers that do not look at the signature of this operation, or at a part of it.
func (g *generator) signing() {
	accepts := func(requirement, keyword, change string, fits func(w *target, r *http.Request) bool) {
		g.breaking(requirement, "signature", keyword, change, accepting(func(w *target, r *http.Request) bool { return g.asks(w, r) && fits(w, r) }))
	}
	accepts("AUTH-EVERY-OPERATION", "headers", "not needed", func(_ *target, r *http.Request) bool {
		return r.Header.Get("X-Awal-Signature-256") == "" && r.Header.Get("X-Domain") == ""
	})
	accepts("AUTH-UNKNOWN-CLIENT", "client", "unknown, with an empty secret", func(w *target, r *http.Request) bool {
		return w.secretOf(r) == "" && r.Header.Get("X-Domain") == w.first.domain && sentDigest(r) == w.expected(r)
	})
	accepts("AUTH-UNKNOWN-DOMAIN", "workspace", "unknown, with an empty secret", func(w *target, r *http.Request) bool {
		return w.secretOf(r) == "" && r.Header.Get("X-Client-ID") == w.first.client && sentDigest(r) == w.expected(r)
	})
	if child(g.operation.node, "requestBody") != nil {
		accepts("AUTH-COVERS-BODY", "body", "not covered", func(w *target, r *http.Request) bool {
			return w.secretOf(r) != "" && sentDigest(r) == digest(w.secretOf(r), r.Method, w.path(r), r.URL.RawQuery, r.Header.Get("X-Timestamp"))
		})
	}
}

// malformed adds a server that fails where the body has a media type that it does not know, and the servers of otherMedia.
func (g *generator) malformed() {
	if child(g.operation.node, "requestBody") == nil {
		return
	}
	g.otherMedia()
	g.breaking("HTTP-NO-SERVER-ERROR", "body", "media type", "not known, answered with 500", answering(func(w *target, r *http.Request, a *answer) {
		if g.asks(w, r) && r.Header.Get("Content-Type") == "application/x-awal" {
			a.fail(http.StatusInternalServerError, "internal_error", "An unexpected error.")
		}
	}))
}

// otherMedia adds servers that take a body of a media type that the operation does not have, that fail where it is a form as a browser sends it, and that
// do not look at the signature of one.
func (g *generator) otherMedia() {
	says := func(r *http.Request, media string) bool {
		return strings.HasPrefix(r.Header.Get("Content-Type"), media)
	}
	for _, media := range []string{urlEncoded, "multipart/form-data", "application/json", "text/plain"} {
		if child(child(g.copied, "requestBody"), "content") == nil || child(child(child(g.copied, "requestBody"), "content"), media) != nil {
			continue
		}
		if media == "text/plain" && child(child(child(g.copied, "requestBody"), "content"), "application/json") == nil {
			continue
		}
		g.breaking("HTTP-MEDIA-OTHER", "body", "media type", media+" taken too", answering(func(w *target, r *http.Request, a *answer) {
			if g.asks(w, r) && says(r, media) && a.status == http.StatusUnsupportedMediaType {
				accept200(a)
			}
		}))
	}
	g.breaking("HTTP-NO-SERVER-ERROR", "body", "media type", urlEncoded+" answered with 500", answering(func(w *target, r *http.Request, a *answer) {
		if g.asks(w, r) && says(r, urlEncoded) && a.status != http.StatusUnauthorized {
			a.fail(http.StatusInternalServerError, "internal_error", "An unexpected error.")
		}
	}))
	g.breaking("AUTH-COVERS-BODY", "body", "media type", urlEncoded+" not covered", answering(func(w *target, r *http.Request, a *answer) {
		if g.asks(w, r) && says(r, urlEncoded) && a.status == http.StatusUnauthorized && w.secretOf(r) != "" && len(sentDigest(r)) == 64 {
			accept200(a)
		}
	}))
}

// asks reports whether a request is one to the operation.
func (g *generator) asks(w *target, r *http.Request) bool {
	return g.operation.fits(r.Method, w.path(r))
}

// tenants adds servers in which this operation reaches another workspace: by its number, by an id, or in the rows of a list.
func (g *generator) tenants() {
	if g.parameter(numberParameter) {
		g.breaking("ISOLATION-NUMBER", "tenants", "number", "of the other workspace taken for the own", withOwnNumber(func(w *target, r *http.Request) bool {
			return g.asks(w, r) && r.URL.Query().Get(numberParameter) == w.otherThan(r).number
		}))
	}
	g.breaking("ISOLATION-CREDENTIALS", "tenants", "secret", "of any client", asSecond(func(w *target, r *http.Request) bool { return g.asks(w, r) && w.mixed(r) }))
	if g.bodyHas("contact_group_id") || g.bodyHas("branch_id") {
		g.breaking("ISOLATION-ID", "tenants", "body", "with an id of the other workspace", g.operation.answers(func(a *answer) {
			if details, _ := a.json()["details"].(map[string]any); details["contact_group_id"] != nil || details["branch_id"] != nil {
				succeed(http.StatusOK)(a)
			}
		}))
	}
	if g.bodyHas("template_id") {
		g.breaking("ISOLATION-ID", "tenants", "body", "with a template of the other workspace", g.operation.answers(func(a *answer) {
			if a.status == http.StatusNotFound {
				succeed(http.StatusOK)(a)
			}
		}))
	}
	g.foreignFilters()
	switch {
	case strings.Contains(g.operation.path, "{"):
		g.breaking("ISOLATION-ID", "tenants", "id", "of the other workspace", asTheOther(g.asks))
	case g.operation.method == "get":
		g.breaking("ISOLATION-ROWS", "tenants", "rows", "of both workspaces", answering(func(w *target, r *http.Request, a *answer) {
			if object := a.json(); g.asks(w, r) && a.status == http.StatusOK && w.named(r) == w.first {
				query := r.URL.Query()
				query.Set(numberParameter, w.second.number)
				object["data"] = fromRows(append(rowsOf(object), rowsOf(w.inner(w.path(r), query, w.second).json())...))
				a.set(object)
			}
		}))
	}
}

// foreignFilters adds servers in which a filter by an id gives the rows of the other workspace too.
func (g *generator) foreignFilters() {
	for name, schema := range g.queries() {
		if !strings.HasSuffix(name, "_id") || typeOf(schema) != "integer" {
			continue
		}
		g.breaking("ISOLATION-ROWS", "tenants", name, "finds rows of the other workspace", answering(func(w *target, r *http.Request, a *answer) {
			if object := a.json(); g.asks(w, r) && r.URL.Query().Has(name) && a.status == http.StatusOK && w.named(r) == w.first {
				query := r.URL.Query()
				query.Set(numberParameter, w.second.number)
				object["data"] = fromRows(append(rowsOf(object), rowsOf(w.inner(w.path(r), query, w.second).json())...))
				a.set(object)
			}
		}))
	}
}

// queries are the schemas of the parameters of the query, by name.
func (g *generator) queries() iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		parameters := child(g.copied, "parameters")
		if parameters == nil {
			return
		}
		for _, p := range parameters.Content {
			if child(p, "in").Value == "query" && !yield(child(p, "name").Value, child(p, "schema")) {
				return
			}
		}
	}
}

const numberParameter = "phone_number_id"

func (g *generator) parameter(name string) bool {
	parameters := child(g.copied, "parameters")
	return parameters != nil && slices.ContainsFunc(parameters.Content, func(p *yaml.Node) bool { return child(p, "name").Value == name })
}

// bodyHas reports whether a body of the operation has a property.
func (g *generator) bodyHas(name string) bool {
	for _, media := range entries(child(child(g.copied, "requestBody"), "content")) {
		if child(child(child(media, "schema"), "properties"), name) != nil {
			return true
		}
	}
	return false
}

// otherThan are the credentials of the workspace that a request does not name.
func (w *target) otherThan(r *http.Request) credentials {
	if w.named(r) == w.first {
		return w.second
	}
	return w.first
}

// asTheOther is a server that takes properly signed requests that fit for those of the other workspace.
func asTheOther(fits func(w *target, r *http.Request) bool) change {
	return as((*target).otherThan, fits)
}

// withOwnNumber is a server that takes properly signed requests that fit for those with the caller's own number.
func withOwnNumber(fits func(w *target, r *http.Request) bool) change {
	return as((*target).named, fits)
}

// as is a server that takes properly signed requests that fit for those of a client, with its number.
func as(whom func(w *target, r *http.Request) credentials, fits func(w *target, r *http.Request) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if fits(w, r) && w.secretOf(r) != "" && sentDigest(r) == w.expected(r) {
				client, content := whom(w, r), bodyOf(r)
				c := clone(r)
				if r.URL.Query().Has(numberParameter) {
					c = withQuery(r, func(v url.Values) { v.Set(numberParameter, client.number) })
				}
				c.Body = io.NopCloser(bytes.NewReader(content))
				r = w.forge(c, client)
			}
			next.ServeHTTP(out, r)
		})
	}
}

// methods adds a server that answers a read to each method that its path does not have.
func (g *generator) methods() {
	if g.operation.method != "get" {
		return
	}
	g.breaking("ERROR-METHOD", "path", "method", "of any name", answering(func(w *target, r *http.Request, a *answer) {
		if g.operation.fits("get", w.path(r)) && (a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed) && r.Method != http.MethodGet {
			accept200(a)
		}
	}))
}
