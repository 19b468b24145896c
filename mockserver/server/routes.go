package server

import (
	"net/http"
	"strings"

	"github.com/rs/cors"
)

// routes puts the addresses that are not the API beside it. A ServeMux would do for them, but not for the API: it answers
// "//" with a redirect, which breaks signatures.
func (s *Server) routes(api http.Handler) (http.Handler, error) {
	beside := map[string]http.HandlerFunc{
		"/livez":        s.live,
		"/readyz":       s.ready,
		"/metrics":      s.metrics.serve,
		"/openapi.yaml": s.text("application/yaml", s.document.Source()),
		"/openapi.json": s.text("application/json", s.document.JSON()),
	}
	return s.cors(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve, ok := beside[r.URL.Path]
		switch {
		case !ok:
			api.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this address answers GET and HEAD only", http.StatusMethodNotAllowed)
		default:
			serve(w, r)
		}
	})), nil
}

// cors lets browsers in: any header may be asked for, the headers of answers can be read, credentials are off.
func (s *Server) cors(next http.Handler) http.Handler {
	if s.options.CORSOrigin == "off" {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: strings.Split(s.options.CORSOrigin, ","),
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{
			"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
			"X-Request-Id", "Retry-After", "X-Mock-Warning", "Preference-Applied",
		},
	}).Handler(next)
}

func (s *Server) live(w http.ResponseWriter, _ *http.Request) { writeText(w, "ok\n") }

// ready answers once the document is loaded and data is there, which New has seen to.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) { writeText(w, "ok\n") }

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(text)) // a caller that has gone needs no answer
}

func (s *Server) text(contentType string, text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(text) // a caller that has gone needs no answer
	}
}
