package receivers

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

func brokenEffects() []Variant {
	return []Variant{
		{Name: "does everything again", Requirement: "RECEIVER-DUPLICATE-EFFECT", Change: func(r *Receiver) { r.Known = func(*Request) bool { return false } }},
		{Name: "looks for a copy before the first one is kept", Requirement: "RECEIVER-DUPLICATE-EFFECT", Change: lookThenKeep},
		{Name: "refuses a copy", Requirement: "RECEIVER-DUPLICATE", Change: func(r *Receiver) { r.Copy = http.StatusConflict }},
		{Name: "makes a conversation of its first message, and refuses it when it comes", Requirement: "RECEIVER-ORDER", Change: refuseLateConversation},
		{Name: "takes the status that came last", Requirement: "RECEIVER-LATE-STATUS-EFFECT", Change: overwriteStatus},
		{Name: "refuses an older status", Requirement: "RECEIVER-LATE-STATUS", Change: refuseOlderStatus},
		{Name: "keeps the first event of a batch only", Requirement: "RECEIVER-BATCH", Change: keepFirst},
		{Name: "takes 150 events only", Requirement: "RECEIVER-PARALLEL", Change: takeAtMost(150)},
	}
}

func refuseLateConversation(r *Receiver) {
	right := r.Apply
	var made sync.Map
	r.Apply = func(e Event) error {
		if e.Data != nil {
			if _, there := made.LoadOrStore(e.Data.Conversation, true); there && e.Event == "conversation.created" {
				return errors.New("there is such a conversation")
			}
		}
		return right(e)
	}
}

func overwriteStatus(r *Receiver) {
	right := r.Apply
	r.Apply = func(e Event) error {
		if err := right(e); err != nil || e.Event != "message.status.updated" {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, row := range r.effects {
			if row["message_id"] == e.Data.MessageID {
				row["status"] = e.Data.Status
			}
		}
		return nil
	}
}

func refuseOlderStatus(r *Receiver) {
	right := r.Apply
	older := func(e Event) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, row := range r.effects {
			if e.Data != nil && row["message_id"] == e.Data.MessageID && rank(e.Data.Status) < rank(row["status"]) {
				return true
			}
		}
		return false
	}
	r.Apply = func(e Event) error {
		if older(e) {
			return errors.New("older than what is known")
		}
		return right(e)
	}
}

func keepFirst(r *Receiver) {
	right := r.Read
	r.Read = func(body []byte) ([]Event, error) {
		events, err := right(body)
		return events[:min(1, len(events))], err
	}
}

func takeAtMost(most int32) func(*Receiver) {
	return func(r *Receiver) {
		right := r.Apply
		var taken atomic.Int32
		r.Apply = func(e Event) error {
			if taken.Add(1) > most {
				return errors.New("too many events")
			}
			return right(e)
		}
	}
}

// lookThenKeep asks whether an event is known and keeps it later, as with a database and no lock: of two copies at once, both are new.
func lookThenKeep(r *Receiver) {
	var mu sync.Mutex
	looking := map[string]chan struct{}{} // closed when a second copy looks
	r.Known = func(q *Request) bool {
		id := q.HTTP.Header.Get("X-Awal-Event-Id")
		r.mu.Lock()
		before := r.seen[id]
		r.mu.Unlock()
		mu.Lock()
		second, there := looking[id]
		if !there {
			second = make(chan struct{})
			looking[id] = second
		} else if !before {
			delete(looking, id)
			close(second)
		}
		mu.Unlock()
		if !there {
			select {
			case <-second:
			case <-time.After(500 * time.Millisecond): // what the database takes
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.seen[id] = true
		return before
	}
}
