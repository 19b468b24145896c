package server

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/cors"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/printable"
	"example.com/awalmock/mockserver/internal/sequence"
	"example.com/awalmock/mockserver/server/console"
	"example.com/awalmock/mockserver/server/control"
	"example.com/awalmock/mockserver/server/page"
)

// routes puts the addresses that are not the API beside it. A ServeMux would do for them, but not for the API: it answers
// "//" with a redirect, which breaks signatures.
func (s *service) routes(api, admin http.Handler, origins []string) http.Handler {
	beside := map[string]http.HandlerFunc{
		"/livez":        s.live,
		"/readyz":       s.ready,
		"/metrics":      s.serveMetrics,
		"/openapi.yaml": s.serveYAML,
		"/openapi.json": s.serveJSON,

		"/openapi-3.1.yaml": s.serveTwin,
		"/openapi-3.1.json": s.serveTwin,
	}
	maps.Copy(beside, page.Routes(s.pageSettings()))
	apiHasRoot := s.apiHasRoot()
	index := s.serveIndex(s.consoleRoutes(beside))
	open := allow(origins, s.options.vendor.Limits, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve, ok := beside[r.URL.Path]
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case r.URL.Path == "/" && reads && !apiHasRoot:
			index(w, r)
		case s.options.StorageURL == "self" && reads && strings.HasPrefix(r.URL.Path, storagePath):
			s.serveStorage(w, r)
		case !ok:
			api.ServeHTTP(w, r)
		case !reads:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this address answers GET and HEAD only", http.StatusMethodNotAllowed)
		default:
			serve(w, r)
		}
	}))
	return engine.AnswerUnread(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isControl := r.URL.Path == control.Prefix || strings.HasPrefix(r.URL.Path, control.Prefix+"/")
		if s.access.Off() { // a client may read what it is sent nevertheless
			isControl = r.URL.Path == control.ListenPath && r.Method == http.MethodGet
		}
		if strings.HasPrefix(r.URL.Path, pprofPath) && !s.access.Off() {
			s.servePprof(w, r)
			return
		}
		if isControl {
			admin.ServeHTTP(w, r)
			return
		}
		open.ServeHTTP(w, r)
	}))
}

// consoleRoutes adds what the page at / is made of, and gives that page; nil where there is none: it needs the control API.
func (s *service) consoleRoutes(beside map[string]http.HandlerFunc) http.HandlerFunc {
	if !s.hasConsole() {
		return nil
	}
	settings := s.pageSettings()
	page, files := console.Routes(console.Settings{
		BasePath: settings.BasePath, Signed: settings.Signed, Control: settings.Control, Version: awalmock.ReadBuild().String(),
	})
	maps.Copy(beside, files)
	return page
}

func (s *service) hasConsole() bool {
	return !s.options.NoConsole && !s.access.Off() && !s.apiHasRoot()
}

// apiHasRoot reports whether the API itself has the address /, as one of a document without a base path can.
func (s *service) apiHasRoot() bool {
	_, err := s.document.Match(http.MethodGet, "/")
	return err == nil
}

func (s *service) pageSettings() page.Settings {
	settings := page.Settings{BasePath: s.document.BasePath, Signed: s.options.Auth != "off", Control: "open", Console: s.hasConsole()}
	switch {
	case s.access.Off():
		settings.Control = "off"
	case s.access.Token != "":
		settings.Control = "token"
	}
	return settings
}

// preflightAge is how long a browser may go without asking again: each signed request would take two otherwise.
const preflightAge = 10 * time.Minute

// allow lets browsers in from some origins: any header may be asked for, the headers of answers can be read, credentials
// are off.
func allow(origins []string, limits engine.LimitHeaders, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"*"},
		MaxAge:         int(preflightAge.Seconds()),
		ExposedHeaders: []string{
			limits.Limit, limits.Remaining, limits.Reset,
			"X-Request-Id", sequence.Header, "Retry-After", "X-Mock-Warning", "Preference-Applied",
		},
	}).Handler(next)
}

func (s *service) live(w http.ResponseWriter, _ *http.Request) { writeText(w, "ok\n") }

// ready answers once the document is loaded and data is there, which New has seen to: ok in the first line, then what is running,
// and how old the data of the default workspace is by its own clock. While the store cannot be written it is 503 with the reason.
func (s *service) ready(w http.ResponseWriter, _ *http.Request) {
	if store := s.options.Store; store != nil {
		if err := store.Health(); err != nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "not ready: reads are answered, commands are not: "+printable.Line(err.Error()), http.StatusServiceUnavailable)
			return
		}
	}
	build := awalmock.ReadBuild()
	age, stopped := s.workspaces.get("").Age()
	clock := "runs"
	if stopped {
		clock = "stopped"
	}
	writeText(w, fmt.Sprintf("ok\nversion: %s\ncommit: %s\ncontract: %s\ngo: %s\nage of the data: %s\nclock: %s\n",
		build.Version, build.Commit, s.document.Version, build.Go, age.Round(time.Second), clock))
}

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(text)) // a caller that has gone needs no answer
}

func (s *service) serveYAML(w http.ResponseWriter, r *http.Request) {
	text, _ := s.document.Served(s.baseURL(r))
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(text) // a caller that has gone needs no answer
}

func (s *service) serveJSON(w http.ResponseWriter, r *http.Request) {
	_, text := s.document.Served(s.baseURL(r))
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a caller that has gone needs no answer
}

// serveTwin serves the document in OpenAPI 3.1: more tools read webhooks there.
func (s *service) serveTwin(w http.ResponseWriter, r *http.Request) {
	asYAML, asJSON, err := s.document.Twin(s.baseURL(r))
	if err != nil {
		s.options.Logger.Error("the document cannot be written in OpenAPI 3.1", "error", err)
		http.Error(w, "the document cannot be written in OpenAPI 3.1", http.StatusInternalServerError)
		return
	}
	text, kind := asYAML, "application/yaml"
	if strings.HasSuffix(r.URL.Path, ".json") {
		text, kind = asJSON, "application/json"
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text) // a caller that has gone needs no answer
}

// baseURL is the address of the API for who asks: as it was asked for, or what --base-url says.
func (s *service) baseURL(r *http.Request) string {
	if s.options.BaseURL != "" {
		return strings.TrimRight(s.options.BaseURL, "/")
	}
	return s.origin(r) + s.document.BasePath
}

// origin is where the base path and all that is beside the API begin. Headers of a proxy are not trusted: any caller can send
// them.
func (s *service) origin(r *http.Request) string {
	if s.options.BaseURL != "" {
		return strings.TrimSuffix(strings.TrimRight(s.options.BaseURL, "/"), s.document.BasePath)
	}
	scheme, host := "http://", r.Host
	if r.TLS != nil {
		scheme = "https://"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); host == "" && ok { // HTTP/1.0
		host = local.String()
	}
	return scheme + host
}
