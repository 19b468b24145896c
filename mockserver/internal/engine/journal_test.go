package engine_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/engine"
)

// byDomain is a guard that lets everybody into the workspace of X-Domain.
type byDomain struct{}

func (byDomain) Admit(x *engine.Exchange) (engine.Caller, error) {
	return engine.Caller{Workspace: x.HTTP.Header.Get("X-Domain")}, nil
}

// kept is how many bytes of callers the journal holds.
func kept(entries []*engine.Entry) int {
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
			j := engine.NewJournal()
			e := newEngine(t, func(o *engine.Options) { o.Record, o.Guard, o.Strict = j.Record, byDomain{}, true })
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
					e.ServeHTTP(&nobody{header: http.Header{}}, r)
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

// nobody takes an answer and looks at none of it.
type nobody struct{ header http.Header }

func (n *nobody) Header() http.Header         { return n.header }
func (n *nobody) Write(p []byte) (int, error) { return len(p), nil }
func (n *nobody) WriteHeader(int)             {}
