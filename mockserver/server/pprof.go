package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	runtime "runtime/pprof"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/server/control"
)

// pprofPath is where profiles of the process are.
const pprofPath = control.Prefix + "/pprof/"

// servePprof gives profiles of the process to who may use the control API. The command line is not among them: it may have a token.
func (s *service) servePprof(w http.ResponseWriter, r *http.Request) {
	_, err := s.access.Admit(&engine.Exchange{HTTP: r})
	var refused *engine.Error
	name := strings.TrimPrefix(r.URL.Path, pprofPath)
	switch {
	case errors.As(err, &refused):
		for key, values := range refused.Header {
			w.Header()[key] = values
		}
		http.Error(w, refused.Message, refused.Status)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this address answers GET and HEAD only", http.StatusMethodNotAllowed)
	case name == "":
		s.listProfiles(w)
	case name == "profile":
		pprof.Profile(w, r)
	case name == "trace":
		pprof.Trace(w, r)
	case runtime.Lookup(name) == nil:
		http.Error(w, "there is no such profile; "+pprofPath+" lists them", http.StatusNotFound)
	default:
		pprof.Handler(name).ServeHTTP(w, r)
	}
}

func (s *service) listProfiles(w http.ResponseWriter) {
	text := "profile?seconds=30\ntrace?seconds=1\n"
	for _, p := range runtime.Profiles() {
		text += fmt.Sprintf("%s?debug=1\n", p.Name())
	}
	writeText(w, text)
}
