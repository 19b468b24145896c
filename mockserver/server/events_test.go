package server_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// act does something that is drawn: with the API, or with the control API. The same draws do the same.
func (h *history) act(draw *rand.Rand) {
	h.t.Helper()
	id := draw.IntN(12) + 1
	phone := []string{"96650000000", "966555012001", "966500000901", "966500000903", "966500000904"}[draw.IntN(5)]
	switch draw.IntN(11) {
	case 0, 1:
		h.api(call{method: "POST", target: sendText, body: fmt.Sprintf(`{"phone":%q,"body":"مرحبا %d"}`, phone, id)})
	case 2:
		var sends []call
		eachSendNow(h.t, func(_ operation, r call) { sends = append(sends, r) })
		h.api(sends[draw.IntN(len(sends))].to(phone))
	case 3:
		h.api(call{method: "POST", target: ticketOf(id), body: asJSON(h.t, object{"route": []string{"openTicket", "closeTicket"}[draw.IntN(2)]})})
	case 4:
		h.any("POST", fmt.Sprintf("/conversations/%d/messages", id), `{"content":"Where is it?"}`)
	case 5:
		h.any("PATCH", fmt.Sprintf("/conversations/%d", id), []string{`{"assignee":"your-client-id"}`, `{"bot":true}`, `{"closed":true}`, `{"unread_count":1}`}[draw.IntN(4)])
	case 6:
		h.any("PATCH", fmt.Sprintf("/messages/%d", 400+draw.IntN(300)), `{"status":"read"}`)
	case 7:
		h.any("POST", "/conversations", fmt.Sprintf(`{"phone":"96655501%04d","name":"Sara"}`, draw.IntN(100)))
	case 8, 9:
		h.actOnRecords(draw)
	default:
		h.any("POST", "/clock", fmt.Sprintf(`{"advance":"%ds"}`, []int{1, 2, 60, 90000}[draw.IntN(4)]))
	}
}

// readsOfTheDocument reads each operation of the document that reads, so also those that come later.
func (h *history) readsOfTheDocument() {
	h.t.Helper()
	c, err := ownContract()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, op := range c.operations() {
		if op.method == "GET" {
			h.api(op.request())
		}
	}
}

// any asks the control API, which may refuse.
func (h *history) any(method, path, body string) {
	h.t.Helper()
	h.add(method+" "+path+" "+body, h.m.askControl(h.t, method, path, body))
}

func TestEventsTakenFromOneMockMakeAnotherTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("history ", seed), func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(1, seed))
			from := &history{t: t, m: start(t, unlimited())}
			for range draw.IntN(60) {
				from.act(draw)
			}
			if seed%3 == 2 {
				from.m.admin(t, 204, "POST", "/reset", "")
				from.act(draw)
			}
			to := &history{t: t, m: start(t, unlimited())}
			to.act(draw) // it goes
			var file bytes.Buffer
			if err := from.m.Events("", &file); err != nil {
				t.Fatal(err)
			}
			if err := to.m.PutEvents(bytes.NewReader(file.Bytes())); err != nil {
				t.Fatal(err)
			}
			same := func(what string) {
				t.Helper()
				from.Reset()
				to.Reset()
				for _, h := range []*history{from, to} {
					h.reads()
					h.readsOfTheDocument()
				}
				if from.String() != to.String() {
					t.Fatalf("%s, something is read otherwise: %s", what, firstDifference(from.String(), to.String()))
				}
			}
			same("at once")
			goOn := draw.Uint64()
			for _, h := range []*history{from, to} {
				draw := rand.New(rand.NewPCG(2, goOn))
				for range 10 {
					h.act(draw)
				}
			}
			same("after both went on")
			var again bytes.Buffer
			if err := to.m.Events("", &again); err != nil {
				t.Fatal(err)
			}
			file.Reset()
			if err := from.m.Events("", &file); err != nil || !bytes.Equal(again.Bytes(), file.Bytes()) {
				t.Errorf("the events of both differ (%v): %s", err, firstDifference(file.String(), again.String()))
			}
		})
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("after %.200s\n%.400s\n%.400s", as[max(0, i-1)], as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(as), len(bs))
}

func TestAWorkspaceThatWasCreatedIsTakenIntoOneOfTheSameNameElsewhere(t *testing.T) {
	t.Parallel()
	from, to := start(t), start(t)
	for _, m := range []*mock{from, to} {
		m.admin(t, 201, "POST", "/workspaces", `{"domain":"my-test"}`)
	}
	mine := from.client(t, "my-test")
	from.admin(t, 201, "POST", "/conversations?workspace=my-test", fmt.Sprintf(`{"phone":"966555012001","assignee":%q}`, mine))
	from.admin(t, 201, "POST", "/conversations/1/messages?workspace=my-test", `{"content":"hello"}`)
	from.admin(t, 200, "PATCH", "/conversations/1?workspace=my-test", `{"unread_count":0}`)
	var file bytes.Buffer
	if err := errors.Join(from.Events("my-test", &file), to.PutEvents(&file)); err != nil {
		t.Fatal(err)
	}
	shown := to.admin(t, 200, "PATCH", "/conversations/1?workspace=my-test", `{"bot":false}`)
	if shown.value["status"] != "my" || shown.value["messages"] != float64(1) {
		t.Errorf("%s", shown.body)
	}
}

// client is the client id of a workspace.
func (m *mock) client(t *testing.T, domain string) string {
	t.Helper()
	for _, w := range m.Workspaces() {
		if w.Domain == domain {
			return w.ClientID
		}
	}
	t.Fatalf("there is no workspace %s", domain)
	return ""
}

// setNow is a file of events whose clock shows another time.
func setNow(file, now string) string {
	return regexp.MustCompile(`"now":"[^"]*"`).ReplaceAllString(file, `"now":"`+now+`"`)
}

func TestAFileOfEventsThatIsShorterThanAnnouncedIsRefusedThoughItsLastLineIsThere(t *testing.T) {
	t.Parallel()
	m := start(t)
	var file bytes.Buffer
	if err := m.Events("", &file); err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(m.Origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT /__admin/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n%s", file.Len()+10, file.Bytes())
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil { // as when a sender breaks off
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("answered %s", response.Status)
	}
}

func TestAFileOfEventsOverAGibibyteIsRefusedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	m := start(t)
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(m.Origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT /__admin/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n", 1<<30+1)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body) // the connection may end behind it
	if response.StatusCode != http.StatusRequestEntityTooLarge || !bytes.Contains(body, []byte("larger than 1073741824 bytes")) {
		t.Errorf("answered %s: %s", response.Status, body)
	}
}

func TestAFileOfEventsThatDoesNotBelongIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	from := start(t)
	var untouched, whole bytes.Buffer
	if err := from.Events("", &untouched); err != nil {
		t.Fatal(err)
	}
	from.admin(t, 201, "POST", "/conversations/1/messages", `{"content":"hello"}`)
	if err := from.Events("", &whole); err != nil {
		t.Fatal(err)
	}
	file := whole.String()
	lines := strings.SplitAfter(file, "\n")
	digest := func(file string) string {
		return regexp.MustCompile(`"fixtures_digest":"([^"]*)"`).FindStringSubmatch(file)[1]
	}
	other := mocktest.Fixtures(fstest.MapFS{"workspaces/your-workspace.yaml": {Data: []byte(
		"{workspace: your-workspace, client_id: your-client-id, hmac_secret: your-hmac-secret, numbers: [{phone_number_id: '123456', phone: '966110000001', verified_name: N}]}")}})
	for name, c := range map[string]struct {
		to         *mock
		file, want string
	}{
		"cut short":                       {from, strings.Join(lines[:2], ""), "line 3: the file is cut short"},
		"edited":                          {from, strings.Replace(file, "hello", "hallo", 1), "line 4: the checksum does not fit"},
		"another seed":                    {start(t, mocktest.Seed(7)), file, "line 1: the events are of another seed: 1, and this mock has 7"},
		"another clock":                   {start(t, with(func(o *mocktest.Options) { o.Clock = time.Time{} })), file, "another clock: standing (--clock=INSTANT), and this mock has running"},
		"other fixtures":                  {start(t, other), file, "line 1: the events are of another fixture (fixtures digest): " + digest(file) + ", and this mock has "},
		"a newer event":                   {from, strings.Replace(file, `"kind":"message_received","v":1`, `"kind":"message_received","v":2`, 1), "line 3: event 2 (message_received): was written by a newer version"},
		"nothing":                         {from, "", "line 1: the file is cut short"},
		"something else":                  {from, "{}\n", "line 1: is not the header"},
		"a newer version":                 {from, strings.Replace(file, `"awalmock_events":1`, `"awalmock_events":9`, 1), "line 1: the file was written by a newer version"},
		"a number left out":               {from, strings.Replace(file, `"seq":2`, `"seq":3`, 1), "line 3: event 3 is in the place of event 2"},
		"a clock at the end of time":      {from, setNow(file, "9999-12-31T23:59:59Z"), "line 1: now must not be beyond the year 9998"},
		"a clock beyond it in UTC":        {from, setNow(file, "9998-12-31T23:59:59-01:00"), "line 1: now must not be beyond the year 9998"},
		"a clock before timestamps begin": {from, setNow(untouched.String(), "1960-01-01T00:00:00Z"), "line 2: event 1"},
		"a clock before the start":        {from, setNow(untouched.String(), "2020-01-01T00:00:00Z"), "line 2: event 1"},
		"something behind the last line":  {from, file + "x", "line 5: there is something behind the last line"},
		"much behind the last line":       {from, file + strings.Repeat("x", 17<<20), "line 5: there is something behind the last line"},
		"a kind without use":              {from, strings.Replace(file, `"message_received"`, `"message_lost"`, 1), "line 3: event 2"},
	} {
		before := &history{t: t, m: c.to}
		before.api(call{method: "GET", target: listing})
		err := c.to.PutEvents(strings.NewReader(c.file))
		var refused *mocktest.ControlError
		if !errors.Is(err, mocktest.ErrInvalid) || !errors.As(err, &refused) || !strings.Contains(refused.Details["body"], c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		after := &history{t: t, m: c.to}
		if after.api(call{method: "GET", target: listing}); c.to == from && after.String() != before.String() {
			t.Errorf("%s: something changed", name)
		}
	}
	for name, c := range map[string]struct {
		path, contentType, file string
		status                  int
	}{
		"unknown workspace": {"/events", "application/x-ndjson", strings.Replace(file, `"domain":"your-workspace"`, `"domain":"nobody"`, 1), http.StatusNotFound},
		"two workspaces":    {"/events?workspace=other-workspace", "application/x-ndjson", file, http.StatusBadRequest},
		"another type":      {"/events", "application/json", file, http.StatusUnsupportedMediaType},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, from.Origin+"/__admin"+c.path, strings.NewReader(c.file))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", c.contentType)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.status {
			t.Errorf("%s: %s", name, response.Status)
		}
	}
}
