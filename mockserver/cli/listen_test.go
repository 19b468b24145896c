package cli

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// A gate lets connections through to an address, until it is shut.
type gate struct {
	t        *testing.T
	to       string
	listener net.Listener
	mu       sync.Mutex
	open     []net.Conn
	silent   bool // what comes from the mock is kept back
}

func newGate(t *testing.T, to string) *gate {
	t.Helper()
	g := &gate{t: t, to: to}
	g.up("127.0.0.1:0")
	t.Cleanup(g.shut)
	return g
}

func (g *gate) up(address string) {
	g.t.Helper()
	var err error
	if g.listener, err = net.Listen("tcp", address); err != nil {
		g.t.Fatal(err)
	}
	go func(l net.Listener) {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go g.pass(conn)
		}
	}(g.listener)
}

func (g *gate) pass(from net.Conn) {
	to, err := net.Dial("tcp", g.to)
	if err != nil {
		from.Close()
		return
	}
	g.mu.Lock()
	g.open = append(g.open, from, to)
	g.mu.Unlock()
	go func() { _, _ = io.Copy(to, from) }()
	block := make([]byte, 32<<10)
	for {
		n, err := to.Read(block)
		g.mu.Lock()
		silent := g.silent
		g.mu.Unlock()
		if err != nil {
			return
		}
		if !silent {
			if _, err := from.Write(block[:n]); err != nil {
				return
			}
		}
	}
}

// shut ends all connections and refuses others.
func (g *gate) shut() {
	g.listener.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, conn := range g.open {
		conn.Close()
	}
	g.open = nil
}

// silence keeps back what the mock sends: nothing shows the reader that the line is dead.
func (g *gate) silence(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silent = on
}

// until waits for a text in what a process writes.
func until(t *testing.T, out *output, want string, times int) {
	t.Helper()
	for end := time.Now().Add(time.Minute); strings.Count(out.String(), want) < times; {
		if time.Now().After(end) {
			t.Fatalf("no %q (%d times) in %s", want, times, out)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func adminPost(t *testing.T, origin, path, body string) {
	t.Helper()
	response, err := http.Post(origin+"/__admin"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, _ := io.ReadAll(response.Body); response.StatusCode >= 300 {
		t.Fatalf("%s: %d %s", path, response.StatusCode, text)
	}
}

func TestListen_ForwardsWhatWasMissedAndResentAfterACut(t *testing.T) {
	t.Parallel()
	mock := launch(t, nil)
	origin := strings.TrimSuffix(mock.url, "/api/developer")
	line := newGate(t, strings.TrimPrefix(origin, "http://"))
	address := line.listener.Addr().String()
	var mu sync.Mutex
	var came []string
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		signed := signature.NewKey("your-hmac-secret").Verify(r.Header.Get("X-Awal-Signature-256"),
			signature.Request{Method: r.Method, Target: r.RequestURI, Timestamp: r.Header.Get("X-Timestamp"), Body: body})
		mu.Lock()
		defer mu.Unlock()
		if !signed {
			came = append(came, "wrongly signed")
		}
		came = append(came, string(body))
	}))
	defer home.Close()
	got := func(want ...string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); ; {
			mu.Lock()
			n := len(came)
			mu.Unlock()
			if n >= len(want) {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%d of %d came", n, len(want))
			}
			<-time.After(5 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		for i, text := range want {
			if !strings.Contains(came[i], `"body":"`+text+`"`) {
				t.Errorf("%d: %s, want %s", i, came[i], text)
			}
		}
	}
	cmd, out, failure := program(t, nil, "listen", "--from", "http://"+address, "--forward-to", home.URL+"/hook?a=1", "--events", "message.received", "-v")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	until(t, out, "connected to", 1)
	line.shut() // before anything was heard
	until(t, out, "cut off", 1)
	adminPost(t, origin, "/conversations/1/messages", `{"content":"missed first"}`)
	line.up(address)
	got("missed first")
	until(t, out, "connected again", 1)
	line.shut()
	until(t, out, "cut off", 2)
	adminPost(t, origin, "/conversations/1/messages", `{"content":"missed second"}`)
	adminPost(t, origin, "/deliveries/1/resend", "")
	line.up(address)
	got("missed first", "missed second", "missed first")
	until(t, out, "(sent again)", 1)
	until(t, out, "connected again", 2)
	line.silence(true)
	began := time.Now()
	until(t, out, "no data for 2s", 1)
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	line.silence(false)
	adminPost(t, origin, "/conversations/1/messages", `{"content":"after silence"}`)
	got("missed first", "missed second", "missed first", "after silence")
	until(t, out, `"body":"after silence"`, 1) // printed when the answer is there
	if text := failure.String(); text != "" || !strings.Contains(out.String(), "200 OK") {
		t.Errorf("%s%s", out, text)
	}
}

func TestTrigger_SendsAnEventAndShowsIt(t *testing.T) {
	t.Parallel()
	mock := launch(t, nil)
	cmd, out, failure := program(t, nil, "trigger", "message.received", "--from", mock.url, "--set", "body=a=b, c", "--conversation", "1")
	if err := cmd.Run(); err != nil || !strings.Contains(out.String(), `"body":"a=b, c"`) || !strings.Contains(out.String(), `"conversation_id":1`) {
		t.Errorf("%v: %s%s", err, out, failure)
	}
}

func TestListenAndTrigger_SayWhatIsWrong(t *testing.T) {
	t.Parallel()
	guarded := launch(t, nil, "--control-token", "t0ken")
	for want, args := range map[string][]string{
		"--forward-to":            {"listen", "--from", guarded.url, "--forward-to", "nowhere"},
		"--from":                  {"listen", "--from", "nowhere", "--forward-to", "http://127.0.0.1:1/"},
		"--control-token":         {"listen", "--from", guarded.url, "--forward-to", "http://127.0.0.1:1/"},
		"go together":             {"listen", "--from", guarded.url, "--forward-to", "http://127.0.0.1:1/", "--client-id", "x"},
		"must be the id":          {"listen", "--from", guarded.url, "--forward-to", "http://127.0.0.1:1/", "--control-token", "t0ken", "--since", "x"},
		"FIELD=VALUE":             {"trigger", "message.received", "--from", guarded.url, "--set", "body"},
		"the mock answers 401":    {"trigger", "message.received", "--from", guarded.url},
		"message.status.updated:": {"trigger", "order.created", "--from", guarded.url, "--control-token", "t0ken"},
		"connection refused":      {"trigger", "message.received", "--from", "http://127.0.0.1:1"},
	} {
		if code, printed := fails(t, nil, args...); code == 0 || !strings.Contains(printed, want) {
			t.Errorf("%v: %d %s", args, code, printed)
		}
	}
}
