package control_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// An event of a stream.
type event struct {
	name, id string
	data     object
}

type reader struct {
	*bufio.Reader
	t    *testing.T
	body io.ReadCloser
}

// open begins to read the journal's stream; it has begun when open returns.
func open(t *testing.T, m *mocktest.Mock, client *http.Client, query, last string) *reader {
	t.Helper()
	return openStream(t, client, m.Origin+"/__admin/requests/stream"+query, last)
}

func openStream(t *testing.T, client *http.Client, url, last string) *reader {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", response.StatusCode, response.Header)
	}
	s := &reader{bufio.NewReader(response.Body), t, response.Body}
	if line, err := s.ReadString('\n'); err != nil || !strings.HasPrefix(line, ":") {
		t.Fatalf("%q %v", line, err)
	}
	return s
}

// next is the next event, or why there is none.
func (s *reader) next() (e event, err error) {
	for {
		line, err := s.ReadString('\n')
		if err != nil {
			return e, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = decode(s.t, []byte(value))
		case "":
			if e.name != "" {
				return e, nil
			}
		}
	}
}

func (s *reader) must() event {
	s.t.Helper()
	e, err := s.next()
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

func TestTheStreamTellsWhatHappensWithin100Milliseconds(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "GET", inbox, "")
	s := open(t, m, &http.Client{}, "", "")
	best := time.Hour // the machine may be busy: the best of a few counts
	for range 5 {
		began := time.Now()
		signed(t, m, 404, "GET", "/nothing", "")
		e := s.must()
		best = min(best, time.Since(began))
		expect(t, e.data, "resource_not_found", "verdict")
	}
	if best > 100*time.Millisecond {
		t.Errorf("it took %v", best)
	}
}

func TestAStreamBeginsWithWhatHappensNext(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "GET", inbox, "")
	s := open(t, m, &http.Client{}, "", "")
	signed(t, m, 200, "GET", "/templates", "")
	e := s.must()
	if e.name != "request" || e.id != "2" {
		t.Fatal(e)
	}
	expect(t, e.data, "listTemplates", "operation")
}

func TestAStreamGoesOnAfterTheLastEventThatWasSeen(t *testing.T) {
	t.Parallel()
	m := start(t)
	for range 4 {
		signed(t, m, 200, "GET", inbox, "")
	}
	s := open(t, m, &http.Client{}, "", "2")
	for _, want := range []string{"3", "4"} {
		if e := s.must(); e.id != want {
			t.Fatalf("%v, want %s", e, want)
		}
	}
	if e := open(t, m, &http.Client{}, "", "99999").must(); e.id != "1" {
		t.Errorf("an id of another life of the mock: %v", e)
	}
	admin(t, m, 400, "GET", "/requests/stream", "", "Last-Event-ID", "x")
}

func TestAStreamOfAWorkspaceHasOnlyItsExchanges(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := open(t, m, &http.Client{}, "?workspace=other-workspace", "")
	signed(t, m, 200, "GET", inbox, "")
	roundTrip(t, m.ClientOf(m.Workspaces()[1]), "GET", m.URL+"/conversations?phone_number_id=654321", "")
	if e := s.must(); e.id != "2" {
		t.Fatal(e)
	}
}

func TestAStreamSurvivesThatTheJournalIsEmptied(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := open(t, m, &http.Client{}, "", "")
	signed(t, m, 200, "GET", inbox, "")
	s.must()
	admin(t, m, 204, "DELETE", "/requests", "")
	signed(t, m, 200, "GET", inbox, "")
	if e := s.must(); e.id != "2" {
		t.Fatal(e)
	}
}

func TestAReaderThatIsTooSlowIsCutOffAndNeverWaitedFor(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := open(t, m, &http.Client{}, "", "")
	body := strings.Repeat("x", 64<<10)
	const many = 600 // 40 MiB: more than the journal and the buffers between hold
	for range many {
		roundTrip(t, http.DefaultClient, "POST", m.URL+"/w/message/text", body)
	}
	seen := 0
	for {
		if _, err := s.next(); err != nil {
			if seen >= many || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("after %d events: %v", seen, err)
			}
			return
		}
		seen++
	}
}

func TestAStreamEndsWhenTheMockStops(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := open(t, m, &http.Client{}, "", "")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := m.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}
