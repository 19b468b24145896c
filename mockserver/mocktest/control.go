package mocktest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock"
)

// A FaultRule makes answers go wrong on purpose. Exactly one of Status, Latency, Abort and Malformed is set; the rest has
// defaults: every operation, always, without end.
type FaultRule struct {
	Operation   string  // operationId, such as listConversations
	Probability float64 // that it strikes, 0 to 1; 0 stands for 1
	Times       int     // how often it strikes at most
	Status      int     // an error with this status
	Latency     time.Duration
	Abort       bool // the connection ends without an answer
	Malformed   bool // the JSON of a success breaks off in the middle
}

// A Request is what the mock was asked and what it answered. Credentials in headers are masked.
type Request struct {
	Sequence  int64     `json:"sequence"` // ascending over the life of the mock
	ID        string    `json:"id"`       // X-Request-Id
	Time      time.Time `json:"time"`
	Workspace string    `json:"workspace"`
	Operation string    `json:"operation"` // operationId, "" when none matched
	Request   struct {
		Method  string      `json:"method"`
		Target  string      `json:"target"` // path and query as sent
		Headers http.Header `json:"headers"`
		Body    string      `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"` // 0: the connection was ended
		Headers http.Header `json:"headers"`
		Body    string      `json:"body"`
	} `json:"response"`
	Verdict    string      `json:"verdict"` // ok, or the error code
	Fault      string      `json:"fault"`   // the injected fault that struck
	Violations []Violation `json:"violations"`
}

// A Violation is a rule of the OpenAPI document that a request broke.
type Violation struct {
	Field   string `json:"field"`
	In      string `json:"in"` // path, query, header, cookie or body
	Rule    string `json:"rule"`
	Text    string `json:"text"`
	Pointer string `json:"pointer"` // of the rule in the document
	Line    int    `json:"line"`    // of the rule in the document
}

// Advance moves the default workspace's clock on; what becomes due happens in the order of time.
func (m *Mock) Advance(d time.Duration) error {
	return m.control(http.MethodPost, "/clock", map[string]string{"advance": d.String()}, nil)
}

// Receive is a text message from the customer of a conversation of the default workspace; it gives the message's id.
func (m *Mock) Receive(conversation int64, text string) (int64, error) {
	var message struct{ ID int64 }
	err := m.control(http.MethodPost, "/conversations/"+strconv.FormatInt(conversation, 10)+"/messages", map[string]string{"content": text}, &message)
	return message.ID, err
}

// Fault sets the faults of the default workspace in the place of those that it has; none removes all.
func (m *Mock) Fault(rules ...FaultRule) error {
	body := []map[string]any{}
	for _, r := range rules {
		rule := map[string]any{}
		optional(rule, "operation", r.Operation)
		optional(rule, "probability", r.Probability)
		optional(rule, "times", r.Times)
		optional(rule, "status", r.Status)
		optional(rule, "abort", r.Abort)
		optional(rule, "malformed", r.Malformed)
		if r.Latency != 0 {
			rule["latency"] = r.Latency.String()
		}
		body = append(body, rule)
	}
	return m.control(http.MethodPut, "/faults", map[string]any{"rules": body}, nil)
}

func optional[T comparable](to map[string]any, name string, value T) {
	var zero T
	if value != zero {
		to[name] = value
	}
}

// Requests are the exchanges of all workspaces that the journal still has, oldest first.
func (m *Mock) Requests() ([]Request, error) {
	var journal struct{ Data []Request }
	err := m.control(http.MethodGet, "/requests", nil, &journal)
	return journal.Data, err
}

// Reset brings every workspace back to its fixture: state, clock, faults and rate windows. The journal stays.
func (m *Mock) Reset() error { return m.Server().Reset(context.Background()) }

// control asks the control API for something, and reads the answer into what answer points to.
func (m *Mock) control(method, path string, body, answer any) error {
	var (
		payload     io.Reader
		contentType string
	)
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload, contentType = bytes.NewReader(text), "application/json"
	}
	response, err := m.controlRequest(method, path, contentType, payload)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// controlRequest asks the control API. A refusal is a *ControlError.
func (m *Mock) controlRequest(method, path, contentType string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequest(method, m.Origin+"/__admin"+path, body) //nolint:noctx // the mock answers at once or is closed
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	r.Header.Set("User-Agent", "awalmock-mocktest/"+awalmock.ReadBuild().Version)
	if m.options.ControlToken != "" {
		r.Header.Set("Authorization", "Bearer "+m.options.ControlToken)
	}
	response, err := m.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusBadRequest {
		defer response.Body.Close()
		return nil, newControlError(method+" "+path, response)
	}
	return response, nil
}
