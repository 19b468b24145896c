package control_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

var noon = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

// start starts a mock whose clocks are stopped and whose answers are all checked, those of the control API too.
func start(t *testing.T, options ...mocktest.Option) *mocktest.Mock {
	t.Helper()
	return mocktest.Start(t, append([]mocktest.Option{mocktest.StoppedClock(noon), mocktest.CheckAnswers()}, options...)...)
}

type object = map[string]any

// roundTrip sends a request and gives status, header and body.
func roundTrip(t *testing.T, client *http.Client, method, url, body string, header ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, text
}

// admin asks the control API, which has to answer with a status.
func admin(t *testing.T, m *mocktest.Mock, want int, method, path, body string, header ...string) object {
	t.Helper()
	response, text := roundTrip(t, &http.Client{}, method, m.Origin+"/__admin"+path, body, header...)
	if response.StatusCode != want {
		t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, response.StatusCode, want, text)
	}
	return decode(t, text)
}

// signed asks the API with a signature, and it has to answer with a status.
func signed(t *testing.T, m *mocktest.Mock, want int, method, target, body string) object {
	t.Helper()
	response, text := roundTrip(t, m.Client(), method, m.URL+target, body)
	if response.StatusCode != want {
		t.Fatalf("%s %s: %d, want %d: %s", method, target, response.StatusCode, want, text)
	}
	return decode(t, text)
}

func decode(t *testing.T, text []byte) object {
	t.Helper()
	if len(text) == 0 {
		return nil
	}
	var value object
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// at reads a member of nested objects and arrays.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, ok := value.(object)
			if !ok {
				t.Fatalf("%v: %v is no object", path, value)
			}
			value = o[step]
		case int:
			list, ok := value.([]any)
			if !ok || step >= len(list) {
				t.Fatalf("%v: %v has no element %d", path, value, step)
			}
			value = list[step]
		}
	}
	return value
}

func number(n string) any { return json.Number(n) }

// id is the id in an answer, as it is in a path.
func id(t *testing.T, answer any) string {
	t.Helper()
	n, ok := at(t, answer, "id").(json.Number)
	if !ok {
		t.Fatalf("no id in %v", answer)
	}
	return n.String()
}

// expect compares a member with what it has to be.
func expect(t *testing.T, value any, want any, path ...any) {
	t.Helper()
	if got := at(t, value, path...); got != want {
		t.Fatalf("%v is %v, want %v", path, got, want)
	}
}

func length(t *testing.T, value any, path ...any) int {
	t.Helper()
	list, ok := at(t, value, path...).([]any)
	if !ok {
		t.Fatalf("%v is no array in %v", path, value)
	}
	return len(list)
}

const inbox = "/conversations?phone_number_id=123456"

// send sends a text to a phone and gives the message's id.
func send(t *testing.T, m *mocktest.Mock, phone string) string {
	t.Helper()
	answer := signed(t, m, 200, "POST", "/w/message/text?phone_number_id=123456", `{"phone":"`+phone+`","body":"Hello"}`)
	id, ok := at(t, answer, "message", "id").(json.Number)
	if !ok {
		t.Fatal(answer)
	}
	return id.String()
}

// conversationWith is the row of the conversation with a phone.
func conversationWith(t *testing.T, m *mocktest.Mock, phone string) object {
	t.Helper()
	rows := signed(t, m, 200, "GET", inbox+"&searchTerm="+phone, "")
	if length(t, rows, "data") != 1 {
		t.Fatalf("not one conversation with %s: %v", phone, rows)
	}
	return at(t, rows, "data", 0).(object)
}

// machine is a machine's clock that a test moves.
type machine struct{ nanoseconds atomic.Int64 }

// newMachine begins far from now: deadlines of connections must not go by it.
func newMachine() *machine {
	m := &machine{}
	m.nanoseconds.Store(time.Date(2099, 1, 1, 10, 0, 30, 0, time.UTC).UnixNano())
	return m
}

func (m *machine) now() time.Time { return time.Unix(0, m.nanoseconds.Load()) }

func (m *machine) add(d time.Duration) { m.nanoseconds.Add(int64(d)) }
