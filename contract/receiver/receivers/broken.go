package receivers

import (
	"bytes"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Variant is a receiver that differs from New in one way.
type Variant struct {
	Name        string
	Requirement string                          // that it breaks; "" for a lawful one
	Scheme      string                          // of signatures, "" for the vendor's
	Listen      func(net.Listener) net.Listener // nil: as it comes
	Change      func(r *Receiver)
}

// Start returns the receiver.
func (v *Variant) Start() *Receiver {
	r := New()
	v.Change(r)
	return r
}

// Broken are receivers with one fault each, named after the requirement that they break.
func Broken() []Variant {
	return slices.Concat(brokenSignatures(), brokenTimes(), brokenChallenges(), brokenReading(), brokenEffects())
}

func verifyWith(v func(r *Request, signature, right string) bool) func(*Receiver) {
	return func(r *Receiver) {
		r.Verify = func(q *Request) bool {
			return v(q, q.HTTP.Header.Get("X-Awal-Signature-256"), "sha256="+digest(Secret, q.signed()))
		}
	}
}

// over verifies another text than the one that is signed.
func over(text func(q *Request) string) func(*Receiver) {
	return func(r *Receiver) {
		right := r.Verify
		r.Verify = func(q *Request) bool {
			return right(q) || q.HTTP.Header.Get("X-Awal-Signature-256") == "sha256="+digest(Secret, text(q))
		}
	}
}

func brokenSignatures() []Variant {
	return []Variant{
		{Name: "verifies nothing", Requirement: "RECEIVER-OTHER-KEY", Change: func(r *Receiver) { r.Verify = func(*Request) bool { return true } }},
		{Name: "verifies only what has a signature", Requirement: "RECEIVER-UNSIGNED", Change: func(r *Receiver) {
			right := r.Verify
			r.Verify = func(q *Request) bool { return q.HTTP.Header.Get("X-Awal-Signature-256") == "" || right(q) }
		}},
		{Name: "takes any secret's signature for right", Requirement: "RECEIVER-OTHER-KEY", Change: verifyWith(func(_ *Request, s, right string) bool {
			return strings.HasPrefix(s, "sha256=") && len(s) == len(right) || strings.Contains(s, right)
		})},
		{Name: "compares half of the digest", Requirement: "RECEIVER-SIGNATURE-WHOLE", Change: verifyWith(func(_ *Request, s, right string) bool {
			return len(s) >= 39 && s[:39] == right[:39] || strings.Contains(s, right)
		})},
		{Name: "asks whether the right signature begins with the one that came", Requirement: "RECEIVER-SIGNATURE-WHOLE", Change: verifyWith(func(_ *Request, s, right string) bool {
			return s != "" && strings.HasPrefix(right, s) || strings.Contains(s, right)
		})},
		{Name: "reports a changed body and goes on", Requirement: "RECEIVER-COVERS-BODY", Change: func(r *Receiver) {
			r.Verify = func(q *Request) bool { return strings.HasPrefix(q.HTTP.Header.Get("X-Awal-Signature-256"), "sha256=") }
		}},
		{Name: "signs the JSON as it would write it", Requirement: "RECEIVER-COVERS-BODY", Change: canonical(true)},
		{Name: "signs only the JSON as it would write it", Requirement: "RECEIVER-RAW-BODY", Change: canonical(false)},
		{Name: "accepts a signature of any time", Requirement: "RECEIVER-COVERS-TIMESTAMP", Change: func(r *Receiver) {
			right := r.Verify
			r.Verify = func(q *Request) bool { return right(q) || verifiesAround(q, 2*time.Hour) }
		}},
		{Name: "verifies without the query too", Requirement: "RECEIVER-COVERS-TARGET", Change: over(func(q *Request) string {
			return "POST" + q.HTTP.URL.Path + q.HTTP.Header.Get("X-Timestamp") + string(q.Body)
		})},
		{Name: "accepts everything that has two signatures", Requirement: "RECEIVER-ROTATION-WRONG", Change: verifyWith(func(_ *Request, s, right string) bool { return s == right || strings.Contains(s, ", ") })},
		{Name: "knows one signature only", Requirement: "RECEIVER-ROTATION", Change: verifyWith(func(_ *Request, s, right string) bool { return hmac.Equal([]byte(s), []byte(right)) })},
		{Name: "looks for headers as the vendor writes them", Requirement: "RECEIVER-HEADER-CASE", Listen: caseSensitive, Change: func(*Receiver) {}},
		{Name: "shows its secret when it refuses", Requirement: "RECEIVER-NO-SECRET", Change: func(r *Receiver) {
			right := r.Verify
			r.Verify = func(q *Request) bool {
				if right(q) {
					return true
				}
				q.W.Header().Set("X-Debug", "tried "+Secret)
				return false
			}
		}},
		{Name: "shows the right signature", Requirement: "RECEIVER-NO-SECRET", Change: func(r *Receiver) {
			right := r.Verify
			r.Verify = func(q *Request) bool {
				q.W.Header().Set("X-Expected", digest(Secret, q.signed()))
				return right(q)
			}
		}},
	}
}

// canonical verifies the JSON as Go writes it; as well as the bytes that came, or instead of them.
func canonical(also bool) func(*Receiver) {
	return func(r *Receiver) {
		right := r.Verify
		r.Verify = func(q *Request) bool {
			var out bytes.Buffer
			if json.Compact(&out, q.Body) != nil {
				return right(q)
			}
			again := *q
			again.Body = out.Bytes()
			return right(&again) || also && right(q)
		}
	}
}

// verifiesAround accepts a signature of any second within a window before the timestamp.
func verifiesAround(q *Request, window time.Duration) bool {
	at, err := strconv.ParseInt(q.HTTP.Header.Get("X-Timestamp"), 10, 64)
	if err != nil {
		return false
	}
	for back := int64(0); back <= int64(window/time.Second); back += 1800 {
		signed := "POST" + q.HTTP.URL.RequestURI() + strconv.FormatInt(at-back, 10) + string(q.Body)
		if q.HTTP.Header.Get("X-Awal-Signature-256") == "sha256="+digest(Secret, signed) {
			return true
		}
	}
	return false
}

func brokenTimes() []Variant {
	number := func(q *Request) (time.Duration, bool) {
		seconds, err := strconv.ParseInt(q.HTTP.Header.Get("X-Timestamp"), 10, 64)
		return time.Since(time.Unix(seconds, 0)), err == nil
	}
	return []Variant{
		{Name: "never looks at the age", Requirement: "RECEIVER-TIMESTAMP-OLD", Change: func(r *Receiver) {
			r.Fresh = func(q *Request) bool { age, ok := number(q); return ok && age > -time.Minute }
		}},
		{Name: "takes minutes for hours", Requirement: "RECEIVER-TIMESTAMP-OLD", Change: func(r *Receiver) { r.Fresh = fresh(300 * time.Hour) }},
		{Name: "accepts the future", Requirement: "RECEIVER-TIMESTAMP-AHEAD", Change: func(r *Receiver) {
			r.Fresh = func(q *Request) bool { age, ok := number(q); return ok && age < time.Minute }
		}},
		{Name: "looks at a timestamp only if there is one", Requirement: "RECEIVER-TIMESTAMP-MISSING", Change: func(r *Receiver) {
			right := r.Fresh
			r.Fresh = func(q *Request) bool { return q.HTTP.Header.Get("X-Timestamp") == "" || right(q) }
		}},
		{Name: "takes a timestamp that it cannot read for a new one", Requirement: "RECEIVER-TIMESTAMP-MISSING", Change: func(r *Receiver) {
			right := r.Fresh
			r.Fresh = func(q *Request) bool { _, ok := number(q); return !ok || right(q) }
		}},
		{Name: "never answers one kind of event", Requirement: "RECEIVER-IN-TIME", Change: func(r *Receiver) {
			right := r.Verify
			r.Verify = func(q *Request) bool {
				if bytes.Contains(q.Body, []byte("conversation.updated")) {
					<-q.HTTP.Context().Done()
				}
				return right(q)
			}
		}},
	}
}

func brokenChallenges() []Variant {
	answers := func(status int, media, body string) func(*Receiver) {
		return func(r *Receiver) {
			r.Challenge = func(q *Request, c string) {
				q.W.Header().Set("Content-Type", media)
				q.W.WriteHeader(status)
				_, _ = q.W.Write([]byte(strings.ReplaceAll(body, "C", c)))
			}
		}
	}
	return []Variant{
		{Name: "answers the challenge with nothing", Requirement: "RECEIVER-CHALLENGE", Change: answers(200, "application/json", "")},
		{Name: "answers another challenge", Requirement: "RECEIVER-CHALLENGE", Change: answers(200, "application/json", `{"challenge":"fixed"}`)},
		{Name: "answers the challenge with 202", Requirement: "RECEIVER-CHALLENGE", Change: answers(202, "application/json", `{"challenge":"C"}`)},
		{Name: "answers the challenge as text", Requirement: "RECEIVER-CHALLENGE", Change: answers(200, "text/plain", "C")},
		{Name: "answers the challenge as text/html", Requirement: "RECEIVER-CHALLENGE", Change: func(r *Receiver) {
			r.Challenge = func(q *Request, c string) {
				raw, _ := json.Marshal(map[string]string{"challenge": c})
				q.W.Header().Set("Content-Type", "text/html")
				_, _ = q.W.Write(raw)
			}
		}},
		{Name: "pastes the challenge into JSON", Requirement: "RECEIVER-CHALLENGE", Change: answers(200, "application/json", `{"challenge":"C"}`)},
		{Name: "answers a check without a challenge", Requirement: "RECEIVER-CHALLENGE-WRONG", Change: func(r *Receiver) {
			right := r.Read
			r.Read = func(body []byte) ([]Event, error) {
				events, err := right(body)
				if err == nil && events[0].Type == "verification" && events[0].Challenge == nil {
					events[0].Challenge = new(string)
				}
				return events, err
			}
		}},
	}
}

func brokenReading() []Variant {
	refuses := func(when func(e Event) bool) func(*Receiver) {
		return func(r *Receiver) {
			right := r.Apply
			r.Apply = func(e Event) error {
				if when(e) {
					return errors.New("no")
				}
				return right(e)
			}
		}
	}
	known := []string{"message.received", "message.status.updated", "conversation.created", "conversation.updated"}
	return []Variant{
		{Name: "does not know one of the events", Requirement: "RECEIVER-ACCEPTS", Change: refuses(func(e Event) bool { return e.Event == "conversation.updated" })},
		{Name: "refuses an unknown event", Requirement: "RECEIVER-UNKNOWN-EVENT", Change: refuses(func(e Event) bool { return !slices.Contains(known, e.Event) })},
		{Name: "refuses an unknown status", Requirement: "RECEIVER-UNKNOWN-WORD", Change: refuses(func(e Event) bool { return e.Data != nil && e.Data.Status == "deferred" })},
		{Name: "refuses unknown fields", Requirement: "RECEIVER-UNKNOWN-FIELD", Change: func(r *Receiver) {
			right := r.Read
			r.Read = func(body []byte) ([]Event, error) {
				if bytes.Contains(body, []byte("suite_unknown")) {
					return nil, errors.New("an unknown field")
				}
				return right(body)
			}
		}},
		{Name: "reads ASCII only", Requirement: "RECEIVER-ACCEPTS", Change: func(r *Receiver) {
			right := r.Read
			r.Read = func(body []byte) ([]Event, error) {
				if bytes.ContainsFunc(body, func(c rune) bool { return c > 127 }) {
					return nil, errors.New("not ASCII")
				}
				return right(body)
			}
		}},
		{Name: "reads one event only", Requirement: "RECEIVER-BATCH", Change: func(r *Receiver) {
			r.Read = func(body []byte) ([]Event, error) {
				var one Event
				err := json.Unmarshal(body, &one)
				if err == nil && one.Type+one.Event == "" {
					err = errors.New("no event")
				}
				return []Event{one}, err
			}
		}},
		{Name: "reads a megabyte only", Requirement: "RECEIVER-LARGE", Change: func(r *Receiver) { r.MostBody = 1 << 20 }},
		{Name: "answers a refusal with 500", Requirement: "RECEIVER-REFUSAL", Change: func(r *Receiver) { r.Refuse = http.StatusInternalServerError }},
		{Name: "sends a refusal to a page", Requirement: "RECEIVER-REFUSAL", Change: func(r *Receiver) { r.Refuse = http.StatusFound }},
		{Name: "answers a body that is no event with 500", Requirement: "RECEIVER-MALFORMED", Change: func(r *Receiver) { r.Invalid = http.StatusInternalServerError }},
	}
}
