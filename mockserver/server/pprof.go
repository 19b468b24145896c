package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strconv"
	"strings"
	"time"

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
		writeWhile(w, r, 30*time.Second, pprof.StartCPUProfile, pprof.StopCPUProfile)
	case name == "trace":
		writeWhile(w, r, time.Second, trace.Start, trace.Stop)
	case pprof.Lookup(name) == nil:
		http.Error(w, "there is no such profile; "+pprofPath+" lists them", http.StatusNotFound)
	default:
		writeProfile(w, r, pprof.Lookup(name))
	}
}

// writeWhile answers with what is written between start and stop: for as long as the query's seconds say, or usually; not longer than the
// caller waits. (net/http/pprof would link html/template, and more, into the mock.)
func writeWhile(w http.ResponseWriter, r *http.Request, usually time.Duration, start func(io.Writer) error, stop func()) {
	long := usually
	if seconds, err := strconv.ParseFloat(r.FormValue("seconds"), 64); err == nil && seconds > 0 {
		long = time.Duration(seconds * float64(time.Second))
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := start(w); err != nil { // another caller has one made
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	defer stop()
	select {
	case <-r.Context().Done():
	case <-time.After(long):
	}
}

// writeProfile answers with a profile as it is now: as text with the query debug=1, and after a garbage collection with gc=1.
func writeProfile(w http.ResponseWriter, r *http.Request, p *pprof.Profile) {
	debug, _ := strconv.Atoi(r.FormValue("debug")) // 0: for go tool pprof
	if p.Name() == "heap" && r.FormValue("gc") == "1" {
		runtime.GC()
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if debug > 0 {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	_ = p.WriteTo(w, debug) // a caller that has gone needs no answer
}

func (s *service) listProfiles(w http.ResponseWriter) {
	text := "profile?seconds=30\ntrace?seconds=1\n"
	for _, p := range pprof.Profiles() {
		text += fmt.Sprintf("%s?debug=1\n", p.Name())
	}
	writeText(w, text)
}
