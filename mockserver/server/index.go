package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/server/control"
)

// An indexEntry is an address of the mock, relative to its root, and what is there.
type indexEntry struct {
	Name string `json:"name"`
	Path string `json:"path"`
	Text string `json:"text"`
}

// index is what GET / shows: which addresses there are.
type index struct {
	Name    string       `json:"name"`
	Version string       `json:"version"`
	Entries []indexEntry `json:"addresses"`
}

func (s *service) index() index {
	entries := []indexEntry{
		{"base URL", cmp.Or(s.document.BasePath, "/"), "the API; every other address is beside it"},
		{"docs", "/docs", "the contract, to read and to try"},
		{"contract", "/openapi.yaml", "the OpenAPI document in force, also as /openapi.json"},
		{"OpenAPI 3.1", "/openapi-3.1.yaml", "the same document in OpenAPI 3.1, where more tools find the webhooks, also as /openapi-3.1.json"},
	}
	token := ""
	if s.pageSettings().Console {
		entries = slices.Insert(entries, 1, indexEntry{"page", "/", "in a browser: the inbox, to play the customer and the business"})
	}
	if s.access.Token != "" {
		token = ", with the token of --control-token"
	}
	if !s.access.Off() {
		entries = append(entries,
			indexEntry{"control API", control.Prefix + "/openapi.yaml", "the document of what is under " + control.Prefix + ": clock, customers, faults, journal" + token},
			indexEntry{"metrics", "/metrics", "counts and times in Prometheus' format" + token})
	}
	return index{"awalmock, an unofficial mock of the Awal Conversations API", awalmock.ReadBuild().String(), append(entries,
		indexEntry{"health", "/readyz", "ok when it is ready, and which build it is; /livez says no more than ok"})}
}

// serveIndex answers a browser with a page, a program that asks for JSON with JSON, and curl with text. Without a page of the console
// it is one with the addresses.
func (s *service) serveIndex(console http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		wanted := preferred(r.Header.Values("Accept"), "text/html", "application/json", "text/plain")
		if wanted == "text/html" && console != nil {
			console(w, r)
			return
		}
		s.writeIndex(w, r, wanted)
	}
}

func (s *service) writeIndex(w http.ResponseWriter, r *http.Request, wanted string) {
	i := s.index()
	switch wanted {
	case "text/html":
		var page bytes.Buffer
		if err := indexPage.Execute(&page, i); err != nil {
			http.Error(w, "the page could not be made", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes()) // a caller that has gone needs no answer
	case "application/json":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(i) // likewise
	default:
		text := i.Name + "\nversion " + i.Version + "\n\n"
		for _, e := range i.Entries {
			text += fmt.Sprintf("  %-12s %s\n  %-12s %s\n", e.Name, s.origin(r)+e.Path, "", e.Text)
		}
		writeText(w, text)
	}
}

// preferred is the media type that the Accept headers name with the highest q, the first of equals; "" if they name none of those that are
// offered: a wildcard is no wish.
func preferred(accept []string, offered ...string) (best string) {
	highest := 0.0
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if text, ok := parameters["q"]; ok {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		for _, o := range offered {
			if o == name && q > highest {
				best, highest = o, q
			}
		}
	}
	return best
}

// indexPage has relative links, which a proxy in front may move, and no icon, which the browser would ask for.
var indexPage = template.Must(template.New("index").Funcs(template.FuncMap{
	"relative": func(path string) string { return "." + path },
}).Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>awalmock</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}dt{margin-top:1rem;font-weight:600}dd{margin:0}</style>
</head>
<body>
<main>
<h1>awalmock</h1>
<p>{{.Name}}.<br>Version {{.Version}}.</p>
<dl>
{{range .Entries}}<dt>{{.Name}}</dt>
<dd>{{if eq .Name "base URL"}}<code>{{.Path}}</code>{{else}}<a href="{{relative .Path}}">{{.Path}}</a>{{end}}: {{.Text}}</dd>
{{end}}</dl>
</main>
</body>
</html>
`))
