package engine_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
)

const document = `openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /things:
    get:
      operationId: listThings
      responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: integer}}}}}}
    post:
      operationId: addThing
      requestBody:
        content:
          application/json: {schema: {type: object}}
          multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}
      responses: {'201': {description: d}}
`

// everybody is a guard that lets everybody in.
type everybody struct{}

func (everybody) Admit(*engine.Exchange) (engine.Caller, error) {
	return engine.Caller{Workspace: "w", Client: "c"}, nil
}

// newEngine is an engine for the document that lets everybody in.
func newEngine(t *testing.T, change func(*engine.Options)) *engine.Engine {
	t.Helper()
	d, err := spec.Load("t.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	var ids atomic.Int64
	o := engine.Options{
		Document: d, Guard: everybody{}, Now: time.Now, NewID: func() string { return fmt.Sprint("req_", ids.Add(1)) },
		Fallback: func(*engine.Call) (engine.Reply, error) { return engine.Reply{Body: []byte("[]")}, nil },
	}
	change(&o)
	return engine.New(o)
}

// serve puts an engine for the document on an address.
func serve(t *testing.T, change func(*engine.Options)) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(newEngine(t, change))
	s.Config.ErrorLog = nil
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, s *httptest.Server) (status int, body string) {
	t.Helper()
	response, err := http.Get(s.URL + "/things")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// said is a connection of its own, to which a text has been written.
func said(t *testing.T, s *httptest.Server, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// answered writes a text to a connection of its own and reads one answer.
func answered(t *testing.T, s *httptest.Server, text string) (response *http.Response, body string) {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(said(t, s, text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(all)
}

func TestABodyThatStandsStillIs400AndEndsTheConnection(t *testing.T) {
	t.Parallel()
	// A machine's clock far from the real one must not matter to connections.
	s := serve(t, func(o *engine.Options) {
		o.BodyStall = 50 * time.Millisecond
		o.Now = func() time.Time { return time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }
	})
	for _, contentType := range []string{"application/json", "multipart/form-data; boundary=b"} {
		response, body := answered(t, s, "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: "+contentType+"\r\nContent-Length: 100\r\n\r\n--b\r\n")
		if response.StatusCode != 400 || !strings.Contains(body, `"body":"the request body paused`) || !response.Close {
			t.Errorf("%s: %d %s", contentType, response.StatusCode, body)
		}
	}
	response, err := http.Post(s.URL+"/things", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Errorf("a body that comes at once: %s", response.Status)
	}
}

func TestABodyOfManyPartsHasTimeForEachPart(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *engine.Options) { o.BodyStall = 400 * time.Millisecond })
	reader, writer := io.Pipe()
	go func() {
		tick := time.NewTicker(60 * time.Millisecond)
		defer tick.Stop()
		for range 10 { // 600 ms in all
			<-tick.C
			if _, err := io.WriteString(writer, " "); err != nil {
				return
			}
		}
		_, _ = io.WriteString(writer, "{}")
		writer.Close()
	}()
	response, err := http.Post(s.URL+"/things", "application/json", reader)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Errorf("%s", response.Status)
	}
}

func TestAPanicIsA500ThatShowsNothingAndIsToldToTheObserver(t *testing.T) {
	t.Parallel()
	seen := make(chan *engine.Exchange, 2)
	s := serve(t, func(o *engine.Options) {
		o.Handlers = map[string]engine.Handler{"listThings": func(*engine.Call) (engine.Reply, error) { panic("s3cret") }}
		o.Observe = func(x *engine.Exchange) { seen <- x }
	})
	status, body := get(t, s)
	if status != 500 || !strings.Contains(body, `"internal_error"`) || strings.Contains(body, "s3cret") || strings.Contains(body, ".go") {
		t.Errorf("%d %s", status, body)
	}
	if x := <-seen; x.Failure == nil || !strings.Contains(x.Failure.Error(), "s3cret") || x.Status != 500 || x.Code != "internal_error" {
		t.Errorf("%+v", x)
	}
}

func TestAHandlersErrorIsToldOrHiddenByItsKind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"any error":    {errors.New("s3cret"), 500, "internal_error"},
		"not found":    {refusal{"not_found", "", "gone"}, 404, "resource_not_found"},
		"conflict":     {refusal{"conflict", "", "twice"}, 409, "conflict"},
		"forbidden":    {refusal{"forbidden", "", "no"}, 403, "forbidden"},
		"invalid":      {fmt.Errorf("more: %w", refusal{"invalid", "size", "too big"}), 400, "validation_failed"},
		"its own word": {&engine.Error{Status: 418, Code: "teapot", Message: "m"}, 418, "teapot"},
	} {
		s := serve(t, func(o *engine.Options) {
			o.Handlers = map[string]engine.Handler{"listThings": func(*engine.Call) (engine.Reply, error) { return engine.Reply{}, c.err }}
		})
		status, body := get(t, s)
		if status != c.status || !strings.Contains(body, `"error":"`+c.code+`"`) || strings.Contains(body, "s3cret") {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if c.status == 400 && !strings.Contains(body, `"details":{"size":"too big"}`) {
			t.Errorf("%s: %s", name, body)
		}
	}
}

func TestARefusalOfAnUnknownKindIsA500WithTheReasonInTheLog(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		reason string
	}{
		"an unknown kind":         {refusal{"gone", "", "s3cret"}, `unknown kind "gone": s3cret`},
		"no kind":                 {refusal{"", "", "s3cret"}, `unknown kind "": s3cret`},
		"an error without status": {&engine.Error{Code: "x", Message: "s3cret"}, "status 0: s3cret"},
		"an error that is a 200":  {&engine.Error{Status: 200, Message: "s3cret"}, "status 200: s3cret"},
	} {
		var failure error
		s := serve(t, func(o *engine.Options) {
			o.Fallback = func(*engine.Call) (engine.Reply, error) { return engine.Reply{}, c.err }
			o.Journal = recorder(func(x *engine.Exchange) { failure = x.Failure })
		})
		status, body := get(t, s)
		if status != 500 || !strings.Contains(body, `"error":"internal_error"`) || strings.Contains(body, "s3cret") {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if failure == nil || !strings.Contains(failure.Error(), c.reason) {
			t.Errorf("%s: the log says %v", name, failure)
		}
	}
}

// A recorder is a journal that hands on each exchange.
type recorder func(*engine.Exchange)

func (r recorder) Record(x *engine.Exchange, _ []byte, _ bool, _ int64) { r(x) }
func (r recorder) Ended(*engine.Exchange, int64)                        {}

type refusal struct{ kind, field, text string }

func (r refusal) Error() string                       { return r.text }
func (r refusal) Refusal() (kind, field, text string) { return r.kind, r.field, r.text }

func TestAnAnswerThatDoesNotFitTheDocumentIsA500WhenAnswersAreChecked(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]engine.Reply{
		"a wrong type":       {Body: []byte(`["x"]`)},
		"no JSON":            {Body: []byte(`[`)},
		"a status unknown":   {Status: 202, Body: []byte(`[]`)},
		"a stream":           {Stream: func(w io.Writer) error { _, err := io.WriteString(w, "{}"); return err }},
		"a stream that ends": {Stream: func(io.Writer) error { return errors.New("s3cret") }},
	} {
		s := serve(t, func(o *engine.Options) {
			o.Check = true
			o.Fallback = func(*engine.Call) (engine.Reply, error) { return reply, nil }
		})
		if status, body := get(t, s); status != 500 || strings.Contains(body, "s3cret") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	s := serve(t, func(o *engine.Options) { o.Check = true })
	if status, body := get(t, s); status != 200 || body != "[]" {
		t.Errorf("%d %s", status, body)
	}
}

func TestAStreamThatBreaksOffEndsTheConnection(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]int{"before the first block": 10, "after many": 200_000} {
		seen := make(chan *engine.Exchange, 2)
		s := serve(t, func(o *engine.Options) {
			o.Observe = func(x *engine.Exchange) { seen <- x }
			o.Fallback = func(*engine.Call) (engine.Reply, error) {
				return engine.Reply{Stream: func(w io.Writer) error {
					if _, err := io.WriteString(w, strings.Repeat("x", sent)); err != nil {
						return err
					}
					return errors.New("broke")
				}}, nil
			}
		})
		response, err := http.Get(s.URL + "/things")
		if err == nil {
			_, err = io.ReadAll(response.Body)
			response.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: half an answer looks whole", name)
		}
		if x := <-seen; x.Failure == nil || x.Failure.Error() != "broke" {
			t.Errorf("%s: %v", name, x.Failure)
		}
	}
}

func TestAStreamArrivesWholeWhateverItsSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 32 << 10, 32<<10 + 1, 1 << 20} {
		for _, piece := range []int{1 + size/7, 100_000} {
			s := serve(t, func(o *engine.Options) {
				o.Fallback = func(*engine.Call) (engine.Reply, error) {
					return engine.Reply{Stream: func(w io.Writer) error {
						for rest := size; rest > 0; rest -= piece {
							if _, err := io.WriteString(w, strings.Repeat("x", min(piece, rest))); err != nil {
								return err
							}
						}
						return nil
					}}, nil
				}
			})
			if status, body := get(t, s); status != 200 || body != strings.Repeat("x", size) {
				t.Errorf("%d in pieces of %d: %d, %d bytes", size, piece, status, len(body))
			}
		}
	}
}

func TestACallerThatGoesAwayEndsTheLatency(t *testing.T) {
	t.Parallel()
	done := make(chan struct{})
	s := serve(t, func(o *engine.Options) {
		o.Latency = time.Hour
		o.Observe = func(*engine.Exchange) { close(done) }
	})
	client := http.Client{Timeout: 50 * time.Millisecond}
	if response, err := client.Get(s.URL + "/things"); err == nil {
		response.Body.Close()
		t.Error("an hour has passed")
	}
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("the request still waits")
	}
}

func TestAnswersThatHaveNoBodyHaveNoContentType(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *engine.Options) {
		o.Fallback = func(*engine.Call) (engine.Reply, error) { return engine.Reply{Status: 204}, nil }
	})
	response, body := answered(t, s, "GET /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if response.StatusCode != 204 || body != "" || response.Header.Get("Content-Type") != "" {
		t.Errorf("%d %v %q", response.StatusCode, response.Header, body)
	}
}

func TestANameIsCutInItsMiddle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"short": "short", "0123456789": "0123456789", "0123456789a": "0123...89a", strings.Repeat("é", 20): "éé...é",
	} {
		if got := engine.CutMiddle(text, 10); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
