package server_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

const base = "/api/developer"

// mock is a running mock, each of whose answers is checked.
type mock struct {
	*mocktest.Mock
	contract *contract
	now      func() time.Time
}

// start starts a mock; by default its workspaces' clocks are stopped at noon.
func start(t *testing.T, options ...mocktest.Option) *mock {
	t.Helper()
	all := append([]mocktest.Option{mocktest.StoppedClock(sendClock)}, options...)
	var o mocktest.Options
	for _, option := range all {
		option(&o)
	}
	m := &mock{Mock: mocktest.Start(t, all...), now: o.Now}
	if m.now == nil {
		m.now = time.Now
	}
	var err error
	if o.Spec == nil {
		m.contract, err = ownContract()
	} else {
		m.contract, err = readContract(o.Spec)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func unlimited() mocktest.Option { return mocktest.RateLimit("off") }

func with(change func(*mocktest.Options)) mocktest.Option { return change }

// call is a request as it goes out on the wire, byte for byte. The zero call is "GET /".
type call struct {
	method, target, body string            // target: behind the base path
	whole                string            // instead of base path + target
	signed               string            // what is signed instead of target
	auth                 map[string]string // in the place of one of the four headers; "-" leaves it out
	header               []string          // further lines
	secret               string            // to sign with
	at                   string            // X-Timestamp
}

// answer is what came back; value is the decoded body of a JSON answer.
type answer struct {
	status int
	header http.Header
	body   []byte
	value  map[string]any
}

// sign is HMAC-SHA256 written down once more, so that a mistake of the mock's own signer shows.
func sign(secret, method, target, at, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	io.WriteString(h, method+target+at+body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

func (m *mock) wire(r call) string {
	if r.method == "" {
		r.method = "GET"
	}
	if r.at == "" {
		r.at = strconv.FormatInt(m.now().Unix(), 10)
	}
	if r.secret == "" {
		r.secret = m.Secret
	}
	if r.signed == "" {
		r.signed = r.target
	}
	if r.whole == "" {
		r.whole = base + r.target
	}
	lines := []string{r.method + " " + r.whole + " HTTP/1.1", "Host: " + strings.TrimPrefix(strings.TrimPrefix(m.Origin, "http://"), "https://")}
	for _, h := range [][2]string{
		{"X-Domain", m.Domain},
		{"X-Client-ID", m.ClientID},
		{"X-Timestamp", r.at},
		{"X-Awal-Signature-256", sign(r.secret, r.method, r.signed, r.at, r.body)},
	} {
		value := h[1]
		if other, ok := r.auth[h[0]]; ok {
			value = other
		}
		if value != "-" {
			lines = append(lines, h[0]+": "+value)
		}
	}
	lines = append(lines, r.header...)
	if r.body != "" {
		lines = append(lines, "Content-Length: "+strconv.Itoa(len(r.body)))
		if !strings.Contains(strings.ToLower(strings.Join(r.header, "\n")), "content-type:") {
			lines = append(lines, "Content-Type: application/json")
		}
	}
	return strings.Join(append(lines, "Connection: close", "", r.body), "\r\n")
}

// do sends a request unchanged and checks the answer against the document.
func (m *mock) do(t *testing.T, r call) *answer {
	t.Helper()
	if r.method == "" {
		r.method = "GET"
	}
	a := m.exchange(t, r.method, m.wire(r))
	target := strings.TrimPrefix(r.whole, "http://example.com")
	if target == "" {
		target = base + r.target
	}
	m.conforms(t, r.method, target, a)
	return a
}

func (m *mock) get(t *testing.T, target string) *answer {
	t.Helper()
	return m.do(t, call{target: target})
}

// rows are the rows of an answered list.
func (m *mock) rows(t *testing.T, target string) []map[string]any {
	t.Helper()
	a := m.get(t, target)
	a.is(t, 200, "")
	return a.rows()
}

func (a *answer) rows() []map[string]any {
	data, _ := a.value["data"].([]any)
	rows := []map[string]any{}
	for _, row := range data {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

func (m *mock) dial(t *testing.T) net.Conn {
	t.Helper()
	u, err := url.Parse(m.Origin)
	if err != nil {
		t.Fatal(err)
	}
	var conn net.Conn
	if u.Scheme == "https" {
		conn, err = tls.Dial("tcp", u.Host, &tls.Config{RootCAs: m.Roots(), MinVersion: tls.VersionTLS12})
	} else {
		conn, err = net.Dial("tcp", u.Host)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// exchange writes bytes to a new connection and reads one answer.
func (m *mock) exchange(t *testing.T, method, text string) *answer {
	t.Helper()
	conn := m.dial(t)
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(conn, text)
		written <- err // a server that refuses early may close before all is sent: the answer counts
	}()
	a := readAnswer(t, method, conn)
	conn.Close()
	<-written
	return a
}

func readAnswer(t *testing.T, method string, conn net.Conn) *answer {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	a := &answer{status: response.StatusCode, header: response.Header}
	a.body, err = io.ReadAll(response.Body)
	if err != nil && response.ContentLength >= 0 {
		// Without a length it is net/http that refused: it resets the connection if the request was not read to its end.
		t.Fatal(err)
	}
	_ = json.Unmarshal(a.body, &a.value) // what is no JSON is found by conforms
	return a
}

// conforms holds an answer of the API against the document, and against what every answer has.
func (m *mock) conforms(t *testing.T, method, target string, a *answer) {
	t.Helper()
	if method == http.MethodHead || method == http.MethodConnect {
		return // no body to look at
	}
	if contentType := a.header.Get("Content-Type"); contentType != "application/json; charset=utf-8" {
		t.Fatalf("%s %s: %d with content type %q: %s", method, target, a.status, contentType, a.body)
	}
	if a.value == nil {
		t.Fatalf("%s %s: %d is no JSON object: %s", method, target, a.status, a.body)
	}
	if err := m.contract.violation(method, target, a); err != nil {
		t.Errorf("%s %s: %d does not fit the document: %v\n%s", method, target, a.status, err, clip(a.body))
	}
	id := a.header.Get("X-Request-Id")
	if id == "" {
		t.Errorf("%s %s: %d has no X-Request-Id", method, target, a.status)
	}
	if a.status >= 400 {
		if a.value["request_id"] != id {
			t.Errorf("request_id %v, X-Request-Id %s", a.value["request_id"], id)
		}
		for key := range a.value {
			if !strings.Contains("error message details request_id", key) {
				t.Errorf("an error has a field %s: %s", key, a.body)
			}
		}
	}
}

func (a *answer) readAll(t *testing.T, body io.ReadCloser) {
	t.Helper()
	defer body.Close()
	var err error
	if a.body, err = io.ReadAll(body); err != nil {
		t.Error(err)
	}
}

func clip(b []byte) []byte { return b[:min(len(b), 600)] }

// is checks status and error code; the code of a success is "".
func (a *answer) is(t *testing.T, status int, code string) *answer {
	t.Helper()
	got, _ := a.value["error"].(string)
	if a.status != status || got != code {
		t.Fatalf("%d %q, want %d %q: %s", a.status, got, status, code, clip(a.body))
	}
	return a
}

// detail is an entry of details, "" if there is none.
func (a *answer) detail(field string) string {
	text, _ := details(a.value)[field].(string)
	return text
}

// names checks that details has these fields and no other.
func (a *answer) names(t *testing.T, fields ...string) *answer {
	t.Helper()
	for _, field := range fields {
		if a.detail(field) == "" {
			t.Errorf("details does not name %s: %s", field, a.body)
		}
	}
	if len(details(a.value)) != len(fields) {
		t.Errorf("details, want %v: %s", fields, a.body)
	}
	return a
}

// sameButID is the body without its request_id.
func (a *answer) sameButID() string {
	id, _ := a.value["request_id"].(string)
	if id == "" {
		return string(a.body)
	}
	return strings.ReplaceAll(string(a.body), id, "")
}
