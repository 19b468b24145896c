// Package receivers has a webhook receiver as a partner would write it, broken ones, and lawful ones that look different. They measure package
// receiver, and share nothing with it.
package receivers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Secret is what the receivers verify with.
const Secret = "a secret of the receiver's own"

// Addresses of a receiver.
const (
	HookPath    = "/hooks/awal?source=awal"
	EffectsPath = "/effects"
)

// A Receiver is an http.Handler. Each field is one step of it; a variant replaces one.
type Receiver struct {
	Verify    func(r *Request) bool      // is one of the signatures right?
	Fresh     func(r *Request) bool      // is the timestamp near enough?
	Challenge func(r *Request, c string) // answers the check of the address
	Read      func(body []byte) ([]Event, error)
	Known     func(r *Request) bool // was this request handled before?
	Apply     func(e Event) error
	Refuse    int   // the status of a refusal
	Invalid   int   // the status of a body that is no event
	Success   int   // the status of an event that was taken
	Copy      int   // the status of one that was taken before
	MostBody  int64 // bytes

	mu      sync.Mutex
	seen    map[string]bool
	effects []map[string]string
}

// A Request is a webhook that came in.
type Request struct {
	W    http.ResponseWriter
	HTTP *http.Request
	Body []byte
}

// An Event is what the receiver reads of an event.
type Event struct {
	Type      string
	Challenge *string
	Event     string
	Data      *struct {
		MessageID    string `json:"message_id"`
		Status       string
		Conversation int64 `json:"conversation_id"`
	}
}

// New returns a receiver that does everything right.
func New() *Receiver {
	r := &Receiver{Refuse: http.StatusUnauthorized, Invalid: http.StatusBadRequest, Success: http.StatusOK, Copy: http.StatusOK, MostBody: 8 << 20, seen: map[string]bool{}}
	r.Verify, r.Fresh, r.Known, r.Apply, r.Read = verify, fresh(5*time.Minute), r.known, r.apply, read
	r.Challenge = func(q *Request, c string) { answerJSON(q.W, http.StatusOK, map[string]string{"challenge": c}) }
	return r
}

// ServeHTTP implements http.Handler.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, h *http.Request) {
	if h.URL.Path == EffectsPath {
		answerJSON(w, http.StatusOK, map[string]any{"messages": r.messages(h.URL.Query().Get("message_id"))})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, h.Body, r.MostBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	q := &Request{w, h, body}
	if !r.Verify(q) || !r.Fresh(q) {
		http.Error(w, "not signed by Awal", r.Refuse)
		return
	}
	events, err := r.Read(body)
	if err != nil {
		http.Error(w, "no event", r.Invalid)
		return
	}
	r.handle(q, events)
}

// messages are the rows of one message.
func (r *Receiver) messages(id string) []map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []map[string]string{}
	for _, row := range r.effects {
		if row["message_id"] == id {
			out = append(out, maps.Clone(row))
		}
	}
	return out
}

func (r *Receiver) handle(q *Request, events []Event) {
	if first := events[0]; first.Type == "verification" {
		if first.Challenge == nil {
			http.Error(q.W, "no challenge", http.StatusBadRequest)
			return
		}
		r.Challenge(q, *first.Challenge)
		return
	}
	if r.Known(q) {
		q.W.WriteHeader(r.Copy)
		return
	}
	for _, e := range events {
		if err := r.Apply(e); err != nil {
			http.Error(q.W, err.Error(), http.StatusUnprocessableEntity)
			return
		}
	}
	q.W.WriteHeader(r.Success)
}

// known remembers ids of events.
func (r *Receiver) known(q *Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := q.HTTP.Header.Get("X-Awal-Event-Id")
	before := r.seen[id]
	r.seen[id] = true
	return before
}

// rank orders statuses: a later one is never replaced by an earlier one.
func rank(status string) int {
	return map[string]int{"sent": 1, "delivered": 2, "read": 3, "failed": 3}[status]
}

// apply keeps messages, and the furthest status of each.
func (r *Receiver) apply(e Event) error {
	if e.Data == nil || e.Data.MessageID == "" {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Event == "message.status.updated" {
		for _, row := range r.effects {
			if row["message_id"] == e.Data.MessageID {
				if rank(e.Data.Status) > rank(row["status"]) {
					row["status"] = e.Data.Status
				}
				return nil
			}
		}
	}
	r.effects = append(r.effects, map[string]string{"message_id": e.Data.MessageID, "status": e.Data.Status})
	return nil
}

// read reads one event, or a list of them.
func read(body []byte) ([]Event, error) {
	var one Event
	var many []Event
	if err := json.Unmarshal(body, &many); err == nil && len(many) > 0 {
		return many, nil
	}
	if err := json.Unmarshal(body, &one); err != nil {
		return nil, err
	}
	if one.Type == "" && one.Event == "" {
		return nil, fmt.Errorf("no event")
	}
	return []Event{one}, nil
}

// verify accepts a request if one of its signatures is right.
func verify(r *Request) bool {
	ok := false
	for _, signature := range strings.Split(r.HTTP.Header.Get("X-Awal-Signature-256"), ", ") {
		ok = hmac.Equal([]byte(signature), []byte("sha256="+digest(Secret, r.signed()))) || ok
	}
	return ok
}

// signed is the string that is signed.
func (r *Request) signed() string {
	return r.HTTP.Method + r.HTTP.URL.RequestURI() + r.HTTP.Header.Get("X-Timestamp") + string(r.Body)
}

func digest(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// fresh accepts timestamps within a window around now.
func fresh(window time.Duration) func(*Request) bool {
	return func(r *Request) bool {
		seconds, err := strconv.ParseInt(r.HTTP.Header.Get("X-Timestamp"), 10, 64)
		return err == nil && time.Since(time.Unix(seconds, 0)).Abs() <= window
	}
}

// standard accepts requests as the libraries of Standard Webhooks do.
func standard(r *Request) bool {
	h := r.HTTP.Header
	mac := hmac.New(sha256.New, []byte(Secret))
	mac.Write([]byte(h.Get("Webhook-Id") + "." + h.Get("Webhook-Timestamp") + "." + string(r.Body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	ok := false
	for _, signature := range strings.Fields(h.Get("Webhook-Signature")) {
		ok = hmac.Equal([]byte(signature), []byte(want)) || ok
	}
	seconds, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	return ok && err == nil && time.Since(time.Unix(seconds, 0)).Abs() <= 5*time.Minute
}

func answerJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender has gone
}
