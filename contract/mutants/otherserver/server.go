package otherserver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how the server differs from its usual self. The zero value is the usual server.
type Options struct {
	Fault        string        // the name of one of Faults; "" for none
	Views        bool          // status words are views that overlap: a row shows opened under status=unread
	RelativePath bool          // the path after the base is signed, not the whole path
	Lag          time.Duration // how long after its answer a sent message shows; 0: at once
	Latency      time.Duration // of each answer
	ErrorEvery   int64         // every so many requests one is answered with 500; 0: none
	RefuseOnce   bool          // one request is refused with 429, Retry-After 1 and a Reset in 40 minutes
	Compact      bool          // JSON without spaces and escapes
	Limit        int64         // requests of an operation in a window; 0: 900
	Window       time.Duration // 0: 90 seconds
	FromZero     bool          // ids begin with 0
}

// BasePath is the path of the base URL.
const BasePath = "/gateway/v1"

const (
	bodyLimit = 120 << 20 // bytes of a request that are read
	most      = 5 * time.Minute
	idStep    = 13
)

// Server is the handler. Make it with New.
type Server struct {
	options  Options
	began    time.Time
	requests atomic.Int64

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup

	mu         sync.Mutex
	lastID     int64
	lastEvent  int64
	challenges int64
	workspaces []*workspace
	windows    map[string]*window
}

// Credentials are what a client of a workspace is given.
type Credentials struct{ Domain, ClientID, Secret, PhoneNumberID string }

// New makes a server with the data of two workspaces. Close it.
func New(options Options) *Server {
	s := &Server{options: options, began: time.Now(), lastID: 4_000_000, windows: map[string]*window{}}
	if options.FromZero {
		s.lastID = -idStep
	}
	s.workspaces = s.population()
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.running.Go(s.sendHooks)
	return s
}

// Clients are the credentials of the two workspaces.
func (s *Server) Clients() [2]Credentials {
	var out [2]Credentials
	for i, w := range s.workspaces {
		out[i] = Credentials{w.domain, w.client, w.secret, w.numbers[0].id}
	}
	return out
}

// nextID gives ids that have gaps. It expects the lock.
func (s *Server) nextID() int64 {
	s.lastID += idStep
	return s.lastID
}

// A call is a request on its way.
type call struct {
	*http.Request
	path      string // after the base
	body      []byte
	query     map[string][]string
	route     *route
	id        int64 // in the path
	workspace *workspace
	header    http.Header // of the answer
}

func (c *call) value(name string) string {
	if list := c.query[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

func (c *call) has(name string) bool { return len(c.query[name]) > 0 }

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.options.Latency)
	if strings.HasPrefix(r.URL.Path, OperatorPath+"/") {
		s.operate(w, r)
		return
	}
	n := s.requests.Add(1)
	c := &call{Request: r, header: w.Header()}
	var answer any
	var failed *failure
	if s.options.ErrorEvery > 0 && n%s.options.ErrorEvery == 0 {
		failed = &failure{status: http.StatusInternalServerError, code: "internal", message: "Something broke here, sorry."}
	} else {
		answer, failed = s.answer(c)
	}
	if failed != nil {
		s.writeError(w, c, failed, n)
		return
	}
	s.write(w, http.StatusOK, answer)
}

// answer takes the steps of a request: authenticate, count, route, validate, do.
func (s *Server) answer(c *call) (any, *failure) {
	target, _, _ := strings.Cut(c.RequestURI, "?")
	path, ok := strings.CutPrefix(target, BasePath)
	if !ok {
		return nil, notFound("There is nothing at this address.")
	}
	c.path = path
	var err error
	if c.body, err = io.ReadAll(io.LimitReader(c.Request.Body, bodyLimit+1)); err != nil || len(c.body) > bodyLimit {
		return nil, &failure{status: http.StatusRequestEntityTooLarge, code: "too_large", message: "That is more than we read."}
	}
	if failed := s.find(c); failed != nil {
		return nil, failed
	}
	if failed := s.authenticate(c); failed != nil {
		return nil, failed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed := s.count(c); failed != nil {
		return nil, failed
	}
	if failed := s.parse(c); failed != nil {
		return nil, failed
	}
	return c.route.do(s, c)
}

// A failure is an answer that is an error.
type failure struct {
	status        int
	code, message string
	details       map[string]string
}

func notFound(message string) *failure {
	return &failure{status: http.StatusNotFound, code: "resource_not_found", message: message}
}

func invalid(field, reason string) *failure {
	return &failure{status: http.StatusBadRequest, code: "validation_failed", message: "Please look at your input once more.", details: map[string]string{field: reason}}
}

func (s *Server) writeError(w http.ResponseWriter, c *call, f *failure, n int64) {
	body := object{{"request_id", fmt.Sprintf("gw-%08x", n)}, {"message", f.message}, {"error", f.code}, {"help", "https://gateway.example/errors/" + f.code}}
	if len(f.details) > 0 {
		details := object{}
		for name, text := range f.details {
			details = append(details, pair{name, text})
		}
		body = append(body, pair{"details", details})
	}
	if s.has("rate headers missing from errors") && f.status < 429 {
		for name := range c.header {
			if strings.HasPrefix(strings.ToLower(name), "x-ratelimit") {
				delete(c.header, name)
			}
		}
	}
	s.write(w, f.status, body)
}

// has reports whether the server has a fault.
func (s *Server) has(fault string) bool { return s.options.Fault == fault }
