package receivers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Lawful are receivers that keep every requirement and look different.
func Lawful() []Variant {
	return []Variant{
		{Name: "as it should be", Change: func(*Receiver) {}},
		{Name: "Standard Webhooks", Scheme: "standard", Change: func(r *Receiver) {
			r.Verify, r.Fresh = standard, func(*Request) bool { return true }
		}},
		{Name: "both schemes", Scheme: "both", Change: func(r *Receiver) {
			awal := r.Verify
			r.Verify = func(q *Request) bool { return awal(q) && standard(q) }
		}},
		{Name: "a window of twelve hours", Change: func(r *Receiver) { r.Fresh = fresh(12 * time.Hour) }},
		{Name: "other statuses", Change: func(r *Receiver) {
			r.Refuse, r.Success, r.Invalid = http.StatusForbidden, http.StatusNoContent, http.StatusUnprocessableEntity
		}},
		{Name: "a long answer with other fields", Change: func(r *Receiver) {
			r.Challenge = func(q *Request, c string) {
				q.W.Header().Set("Content-Type", "application/json; charset=utf-8")
				_ = json.NewEncoder(q.W).Encode(map[string]any{"ok": true, "challenge": c, "padding": strings.Repeat("x", 10_000)})
			}
		}},
		{Name: "the check of the address needs no signature", Change: verifyNoChallenge},
		{Name: "an answer first, the work behind it", Change: func(r *Receiver) {
			right := r.Apply
			r.Apply = func(e Event) error {
				if e.Event == "message.status.updated" {
					return right(e) // in order
				}
				time.AfterFunc(100*time.Millisecond, func() { _ = right(e) })
				return nil
			}
		}},
		{Name: "2xx for all, and no effect of what is forged", Change: func(r *Receiver) { r.Refuse, r.Invalid = http.StatusOK, http.StatusOK }},
		{Name: "copies known by the message", Change: knowByMessage},
		{Name: "a new connection for each request", Change: func(r *Receiver) {
			right := r.Verify
			r.Verify = func(q *Request) bool {
				q.W.Header().Set("Connection", "close")
				return right(q)
			}
		}},
		{Name: "server errors never, also for a body that is no event", Change: func(r *Receiver) {
			r.Read = func(body []byte) ([]Event, error) {
				events, err := read(body)
				if err != nil {
					return []Event{{Event: "ignored"}}, nil
				}
				return events, nil
			}
		}},
	}
}

// verifyNoChallenge answers a challenge without looking at its signature.
func verifyNoChallenge(r *Receiver) {
	right := r.Verify
	r.Verify = func(q *Request) bool {
		events, err := read(q.Body)
		return err == nil && events[0].Type == "verification" || right(q)
	}
}

// knowByMessage takes an event for a copy if its message had this status already.
func knowByMessage(r *Receiver) {
	r.Known = func(q *Request) bool {
		events, _ := read(q.Body)
		if len(events) != 1 || events[0].Data == nil {
			return false
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		id := fmt.Sprint(events[0].Data.MessageID, events[0].Data.Status)
		before := r.seen[id]
		r.seen[id] = true
		return before && events[0].Data.MessageID != ""
	}
}
