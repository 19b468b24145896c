package mocktest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

// edited is the project's document with one text in the place of another.
func edited(t *testing.T, old, replacement string) []byte {
	t.Helper()
	document := strings.Replace(awalmock.OpenAPI(), old, replacement, 1)
	if document == awalmock.OpenAPI() {
		t.Fatalf("the document has no %q", old)
	}
	return []byte(document)
}

func withNewProperty(t *testing.T) []byte {
	t.Helper()
	const last = "          description: When the conversation began.\n"
	return edited(t, last, last+"        added_later: {type: string, format: uuid}\n")
}

// changeSpecs takes another spec and goes back to the project's own, three times.
func changeSpecs(t *testing.T, m *mocktest.Mock) {
	t.Helper()
	other := withNewProperty(t)
	for range 3 {
		for _, next := range [][]byte{other, nil} { // nil: the project's own
			if err := m.UseSpec("spec.yaml", next); err != nil {
				t.Error(err)
			}
		}
	}
}

// shop is a folder of fixtures with one workspace.
func shop(line string) fs.FS {
	return fstest.MapFS{"workspaces/shop.yaml": {Data: []byte(`workspace: my-shop
client_id: my-client
hmac_secret: my-secret
numbers:
  - {phone_number_id: "777", phone: "966110000009", verified_name: My Shop, conversations: 20}
` + line)}}
}

func get(t *testing.T, client *http.Client, url string) (status int, body string) {
	t.Helper()
	response, err := client.Get(url)
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

func TestANewSpecIsServedAndKeepsTheState(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.CheckAnswers(), mocktest.RateLimit("10/1h"))
	if _, err := m.Receive(2, "Kept over the change"); err != nil {
		t.Fatal(err)
	}
	if err := m.Advance(time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := m.Fault(mocktest.FaultRule{Operation: "listTemplates", Status: 503}); err != nil {
		t.Fatal(err)
	}
	if _, body := inbox(t, m, ""); strings.Contains(body, "added_later") {
		t.Fatal("the property is there before the change")
	}
	if err := m.UseSpec("edited.yaml", withNewProperty(t)); err != nil {
		t.Fatal(err)
	}
	_, body := inbox(t, m, "96650000001")
	if !strings.Contains(body, `"added_later":"`) || !strings.Contains(body, "Kept over the change") {
		t.Error(body)
	}
	if _, body := get(t, m.Client(), m.Origin+"/openapi.yaml"); !strings.Contains(body, "added_later") {
		t.Error("the old document is handed out")
	}
	if _, body := get(t, http.DefaultClient, m.Origin+"/__admin/clock"); !strings.Contains(body, "2024-01-20T13:00:00Z") {
		t.Error(body)
	}
	if status, body := get(t, m.Client(), m.URL+"/templates"); status != http.StatusServiceUnavailable {
		t.Errorf("the fault is gone: %d %s", status, body)
	}
	if _, body := get(t, http.DefaultClient, m.Origin+"/__admin/limits"); !strings.Contains(body, `"operation":"listConversations","limit":10,"remaining":8`) {
		t.Error(body)
	}
	if requests, err := m.Requests(); err != nil || len(requests) != 3 {
		t.Error(len(requests), err)
	}
	if err := m.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, body := inbox(t, m, ""); !strings.Contains(body, `"added_later":"`) || strings.Contains(body, "Kept over the change") {
		t.Error("a reset after the change")
	}
}

func TestASpecThatCannotBeUsedChangesNothing(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.CheckAnswers())
	long := strings.Repeat("n", 150)
	created, err := http.Post(m.Origin+"/__admin/conversations", "application/json", strings.NewReader(`{"phone":"966555000001","name":"`+long+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	created.Body.Close()
	_, before := inbox(t, m, "")
	for name, c := range map[string]struct {
		document []byte
		want     string
	}{
		"no YAML":                       {[]byte("{"), "spec.yaml:1"},
		"an operation is missing":       {edited(t, "operationId: getMessageStatus", "operationId: somethingElse"), "getMessageStatus"},
		"the fixtures do not fit":       {edited(t, "          x-mock-value: name\n", "          x-mock-value: name\n          maxLength: 14\n"), "workspaces/"},
		"what was created does not fit": {edited(t, "          x-mock-value: name\n", "          x-mock-value: name\n          maxLength: 140\n"), "conversation 59"},
		"another base path":             {[]byte(strings.ReplaceAll(awalmock.OpenAPI(), "/api/developer\n", "/api/v2\n")), "restart"},
	} {
		if err := m.UseSpec("spec.yaml", c.document); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if _, after := inbox(t, m, ""); after != before {
			t.Errorf("%s: the inbox has changed", name)
		}
	}
}

func TestNewFixturesAreAReset(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	if err := m.Fault(mocktest.FaultRule{Operation: "listTemplates", Status: 503}); err != nil {
		t.Fatal(err)
	}
	inbox(t, m, "")
	if err := m.UseFixtures(shop("")); err != nil {
		t.Fatal(err)
	}
	w := m.Workspaces()
	if len(w) != 1 || w[0].Domain != "my-shop" {
		t.Fatal(w)
	}
	if status, body := get(t, m.Client(), m.URL+"/conversations?phone_number_id=777"); status != http.StatusOK || !strings.Contains(body, `"total":20`) {
		t.Errorf("%d %s", status, body)
	}
	if requests, err := m.Requests(); err != nil || len(requests) != 2 {
		t.Errorf("the journal stays: %d %v", len(requests), err)
	}
}

func TestFixturesThatCannotBeUsedChangeNothing(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	if _, err := m.Receive(2, "Still here"); err != nil {
		t.Fatal(err)
	}
	_, before := inbox(t, m, "")
	if err := m.UseFixtures(shop("colour: red\n")); err == nil || !strings.Contains(err.Error(), "workspaces/shop.yaml:6") {
		t.Error(err)
	}
	if _, after := inbox(t, m, ""); after != before || !strings.Contains(after, "Still here") {
		t.Error("the inbox has changed")
	}
}

func TestARequestInFlightIsAnsweredAsItBegan(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	began, begin := make(chan struct{}), make(chan struct{})
	// The server asks for the body once the request has reached the mock that was there; the body waits for the change.
	text := `{"phone":"966555000001","body":"Hello"}`
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(began) }})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL+"/w/message/text?phone_number_id=123456", &gated{strings.NewReader(text), begin})
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = int64(len(text))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Expect", "100-continue")
	sign(t, m, r, text)
	answer := make(chan string, 1)
	go func() {
		response, err := (&http.Transport{ExpectContinueTimeout: time.Minute}).RoundTrip(r)
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		answer <- fmt.Sprint(response.Status, " ", string(body), err)
	}()
	<-began
	if err := m.UseFixtures(shop("")); err != nil {
		t.Fatal(err)
	}
	close(begin)
	if got := <-answer; !strings.HasPrefix(got, "200 OK") {
		t.Fatal(got)
	}
}

// gated is a body that can be read once the gate is open.
type gated struct {
	io.Reader
	gate <-chan struct{}
}

func (g *gated) Read(p []byte) (int, error) {
	<-g.gate
	return g.Reader.Read(p)
}

// sign lets the mock sign the request as it will be sent.
func sign(t *testing.T, m *mocktest.Mock, r *http.Request, body string) {
	t.Helper()
	ask, err := json.Marshal(map[string]string{"method": r.Method, "target": r.URL.RequestURI(), "body": body})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(m.Origin+"/__admin/sign", "application/json", bytes.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var signed struct{ Headers map[string]string }
	if err := json.NewDecoder(response.Body).Decode(&signed); err != nil {
		t.Fatal(err)
	}
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
}
