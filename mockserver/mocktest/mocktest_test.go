package mocktest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

// tb is a test for the example; in a test of yours it is t.
type tb struct{ cleanups []func() }

func (*tb) Helper()               {}
func (b *tb) Cleanup(f func())    { b.cleanups = append(b.cleanups, f) }
func (*tb) Fatalf(string, ...any) {}
func (b *tb) end() {
	for _, f := range b.cleanups {
		f()
	}
}

func ExampleStart() {
	t := &tb{} // in a test: t *testing.T
	defer t.end()

	mock := mocktest.Start(t, mocktest.StoppedClock(time.Date(2024, 1, 20, 10, 31, 0, 0, time.UTC)))
	response, err := mock.Client().Get(mock.URL + "/conversations?phone_number_id=" + mock.PhoneNumberID + "&searchTerm=ahmed+mohammed")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.Status, err)
	fmt.Println(string(body))
	// Output:
	// 200 OK <nil>
	// {"status":true,"data":[{"id":1,"phone":"96650000000","name":"Ahmed Mohammed","last_message":"Can you check where it is?","last_message_type":"text","unread_count":3,"status":"unread","updated_at":"2024-01-20T10:30:00Z","created_at":"2024-01-15T09:00:00Z"}],"meta":{"total":1,"unread_total":15}}
}

func TestAHundredMocksRunInParallelAndDoNotShareState(t *testing.T) {
	t.Parallel()
	var wait sync.WaitGroup
	mocks := 100
	if testing.Short() {
		mocks = 25
	}
	for i := range mocks {
		wait.Go(func() {
			m := startStopped(t)
			body := fmt.Sprintf(`{"phone":"96650000000","body":"from %d"}`, i)
			response, err := m.Client().Post(m.URL+"/w/message/text?phone_number_id=123456", "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("%d", response.StatusCode)
			}
			response, err = m.Client().Get(m.URL + "/conversations?phone_number_id=123456&searchTerm=96650000000")
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			if err != nil || !strings.Contains(string(text), fmt.Sprintf(`"last_message":"from %d"`, i)) {
				t.Errorf("mock %d: %v %s", i, err, text)
			}
		})
	}
	wait.Wait()
}

func TestTheClientOfATLSMockTrustsItAndSpeaksHTTP2(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.TLS())
	for _, w := range m.Workspaces() {
		response, err := m.ClientOf(w).Get(m.URL + "/conversations?phone_number_id=" + w.PhoneNumberIDs[0])
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusOK || response.ProtoMajor != 2 || !strings.HasPrefix(m.URL, "https://127.0.0.1:") {
			t.Errorf("%s %s at %s", response.Proto, response.Status, m.URL)
		}
	}
	plain := &http.Client{Transport: &http.Transport{}}
	if response, err := plain.Get(m.URL + "/conversations"); err == nil {
		response.Body.Close()
		t.Error("a client that does not know the certificate trusts it")
	}
	if m.Roots() == nil || startStopped(t).Roots() != nil {
		t.Error("roots without TLS, or TLS without roots")
	}
}

func TestAHeaderThatARequestHasIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	for name, value := range map[string]string{"X-Domain": "nowhere", "X-Awal-Signature-256": "sha256=0", "X-Timestamp": "x", "X-Client-ID": ""} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+"/conversations?phone_number_id=123456", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(name, value)
		response, err := m.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusUnauthorized || len(r.Header) != 1 {
			t.Errorf("%s %q: %s, the caller's request has %v", name, value, response.Status, r.Header)
		}
	}
}

func TestTheClientSignsForTheMockOnly(t *testing.T) {
	t.Parallel()
	m, other := startStopped(t), startStopped(t)
	response, err := m.Client().Get(other.URL + "/conversations?phone_number_id=123456")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s: a signature went to another server", response.Status)
	}
}

func TestTheClientSignsTheFullPathWhenTheMockWantsIt(t *testing.T) {
	t.Parallel()
	m := startStopped(t, func(o *mocktest.Options) { o.SignedPath = "full" })
	if status, body := inbox(t, m, ""); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
}

func TestOptionsReachTheMock(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.Addr("localhost:0"), mocktest.Seed(3), mocktest.RateLimit("5/1h"), mocktest.Strict(), mocktest.CheckAnswers(), mocktest.Auth("headers"))
	response, err := m.Client().Get(m.URL + "/conversations?phone_number_id=123456&x=1")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest || response.Header.Get("X-RateLimit-Limit") != "5" {
		t.Errorf("%s %v", response.Status, response.Header)
	}
	dir := fstest.MapFS{"workspaces/w.yaml": {Data: []byte("workspace: w\nclient_id: c\nhmac_secret: s\nnumbers:\n  - {phone_number_id: '1', phone: '966110000001', verified_name: n, created: -9d, conversations: 3}\n")}}
	own := startStopped(t, mocktest.Fixtures(dir), mocktest.Spec("mine.yaml", []byte(awalmock.OpenAPI())))
	if own.Domain != "w" || own.ClientID != "c" || own.Secret != "s" || own.PhoneNumberID != "1" {
		t.Errorf("%s %s %s %s", own.Domain, own.ClientID, own.Secret, own.PhoneNumberID)
	}
	var log bytes.Buffer
	logged := startStopped(t, mocktest.Logger(slog.New(slog.NewTextHandler(&log, nil))))
	inbox(t, logged, "")
	if err := logged.Shutdown(t.Context()); err != nil { // the request is logged when its answer has left
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "operation=listConversations") {
		t.Errorf("%s", log.String())
	}
}

func TestAMockThatCannotStartFailsTheTestOrIsAnError(t *testing.T) {
	t.Parallel()
	taken := startStopped(t)
	address := mocktest.Addr(strings.TrimPrefix(taken.Origin, "http://"))
	if _, err := mocktest.New(address); err == nil {
		t.Error("two mocks have one address")
	}
	failed := &failing{TB: t}
	if m := mocktest.Start(failed, address); m != nil || !failed.failed {
		t.Error("Start does not fail the test")
	}
	if _, err := mocktest.New(mocktest.TLS(), func(o *mocktest.Options) { o.CertFile, o.KeyFile = "/nowhere", "/nowhere" }); err == nil {
		t.Error("a certificate from nowhere")
	}
}

type failing struct {
	mocktest.TB
	failed bool
}

func (f *failing) Fatalf(string, ...any) { f.failed = true }

func TestCloseEndsTheMockAndMayBeCalledTwice(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	m.Close()
	m.Close()
	if response, err := http.Get(m.Origin + "/livez"); err == nil {
		response.Body.Close()
		t.Error("it still answers")
	}
	select {
	case err := <-m.Failed():
		t.Errorf("closing is a failure: %v", err)
	default:
	}
}

func TestShutdownLetsRequestsInFlightFinish(t *testing.T) {
	t.Parallel()
	entered, gate := make(chan struct{}), make(chan struct{})
	var log bytes.Buffer
	m := startStopped(t, mocktest.Logger(slog.New(heldLog{slog.NewTextHandler(&log, nil), entered, gate})))
	answered := make(chan error, 1)
	go func() {
		response, err := m.Client().Post(m.URL+"/w/message/text?phone_number_id=123456", "application/json", strings.NewReader(`{"phone":"96650000000","body":"x"}`))
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		answered <- err
	}()
	<-entered // the request is being logged: it is in flight
	done := make(chan error, 1)
	go func() { done <- m.Shutdown(t.Context()) }()
	select {
	case err := <-done:
		t.Fatalf("it did not wait for the request: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(gate)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// heldLog is a log whose lines wait.
type heldLog struct {
	slog.Handler
	entered, gate chan struct{}
}

func (g heldLog) Handle(ctx context.Context, r slog.Record) error {
	close(g.entered)
	<-g.gate
	return g.Handler.Handle(ctx, r)
}
