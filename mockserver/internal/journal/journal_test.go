package journal_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/journal"
	"example.com/awalmock/mockserver/internal/spec"
)

// byDomain is a guard that admits every request to the workspace of X-Domain.
type byDomain struct{}

func (byDomain) Admit(x *engine.Exchange) (engine.Caller, error) {
	return engine.Caller{Workspace: x.HTTP.Header.Get("X-Domain")}, nil
}

const document = `openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /things:
    post:
      operationId: addThing
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: d}}
`

// newEngine is an engine for the document that writes to the journal.
func newEngine(t *testing.T, j *journal.Journal) *engine.Engine {
	t.Helper()
	d, err := spec.Load("t.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	var ids atomic.Int64
	return engine.New(engine.Options{
		Document: d, Guard: byDomain{}, Journal: j, Strict: true, Now: time.Now, NewID: func() string { return fmt.Sprint("req_", ids.Add(1)) },
		Fallback: func(*engine.Call) (engine.Reply, error) { return engine.Reply{Body: []byte("[]")}, nil },
	})
}

// kept is how many bytes of callers the journal holds.
func kept(entries []*journal.Entry) int {
	n := 0
	for _, e := range entries {
		n += len(e.Target) + len(e.Request.Body) + len(e.Reply.Body)
		for name, values := range e.Request.Header() {
			n += len(name) + len(strings.Join(values, ""))
		}
		for _, v := range e.Violations {
			n += len(v.Field) + len(v.Text)
		}
	}
	return n
}

func TestTheJournalKeepsSixteenMebibytesWhateverTheyAreMadeOf(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 26<<10)
	for name, c := range map[string]struct {
		header, target, body string
	}{
		"heads":         {header: long},
		"targets":       {target: "?" + long},
		"bodies":        {body: `{"a":"` + long + long + `"}`},
		"unknown names": {body: `{"` + strings.Join(strings.Fields(strings.Repeat("name-of-nothing ", 1500)), `":1,"`) + `":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := journal.New(journal.Names{Workspace: "X-Domain", Signature: "X-Awal-Signature-256"}, &journal.Secrets{})
			e := newEngine(t, j)
			fill := func(workspace string) {
				for range 700 {
					r, err := http.NewRequest(http.MethodPost, "http://x/things", strings.NewReader(c.body))
					if err != nil {
						t.Fatal(err)
					}
					r.RequestURI = "/things" + c.target
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("X-Domain", workspace)
					r.Header.Set("X-Long", c.header)
					e.ServeHTTP(&discard{header: http.Header{}}, r)
				}
			}
			const bound = 16 << 20
			fill("a")
			first := kept(j.Entries(""))
			if first > bound || first < bound/2 {
				t.Errorf("%d bytes are kept", first)
			}
			// What is forgotten no longer counts, and what stays still does.
			fill("b")
			j.Clear("a")
			fill("b")
			if again := kept(j.Entries("")); again > bound || again < first*9/10 {
				t.Errorf("%d bytes are kept after a clear, %d before", again, first)
			}
			j.Clear("")
			if n := len(j.Entries("")); n != 0 {
				t.Errorf("%d entries after a clear of all", n)
			}
			fill("c")
			if again := kept(j.Entries("")); again > bound || again < first*9/10 {
				t.Errorf("%d bytes are kept after a clear of all, %d before", again, first)
			}
		})
	}
}

// discard is a ResponseWriter that throws the answer away.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
