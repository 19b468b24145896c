package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// A delivery is a webhook on its way from the correct server to a receiver.
type delivery struct {
	to        *url.URL // of the receiver
	workspace string
	secret    string // of the workspace
	header    http.Header
	body      []byte
	others    []*url.URL // the receivers of all other workspaces
}

// A reply is what a receiver answers to a delivery; status 0 means no answer.
type reply struct {
	status int
	body   []byte
}

func accepted() reply { return reply{status: http.StatusOK} }

// relayed puts a change between a server and its receivers. The server sends to itself, at the path of the receiver, so that its
// signatures stay right.
func relayed(do func(d *delivery) reply) change {
	return func(w *target, next http.Handler) http.Handler {
		var known secrets
		var receivers sync.Map // address by path
		relay := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			to, registered := receivers.Load(r.URL.Path)
			if r.Method != http.MethodPost || !registered {
				next.ServeHTTP(out, r)
				return
			}
			body := bodyOf(r)
			d := &delivery{to: to.(*url.URL), workspace: path.Base(r.URL.Path), header: r.Header.Clone(), body: body}
			secret, _ := known.Load(d.workspace)
			d.secret = text(secret)
			receivers.Range(func(_, other any) bool {
				if other != to {
					d.others = append(d.others, other.(*url.URL))
				}
				return true
			})
			delete(d.header, "Content-Length")
			got := do(d)
			if got.status == 0 {
				panic(http.ErrAbortHandler)
			}
			out.WriteHeader(got.status)
			_, _ = out.Write(got.body)
		})
		redirected := misheard(http.MethodPut, "/webhooks", func(o order) row {
			list, _ := o.fields["endpoints"].([]any)
			for _, endpoint := range toRows(list) {
				if real, err := url.Parse(text(endpoint["url"])); err == nil {
					receivers.Store(real.Path, real)
					here := *real
					here.Host = o.Host
					endpoint["url"] = here.String()
				}
			}
			return o.fields
		})
		return both(known.listen(), redirected)(w, relay)
	}
}

// forward sends a delivery to its receiver.
func (d *delivery) forward() reply { return d.forwardTo(d.to, http.MethodPost) }

func (d *delivery) forwardTo(to *url.URL, method string) reply {
	r, err := http.NewRequest(method, to.String(), bytes.NewReader(d.body))
	if err != nil {
		return reply{}
	}
	r.Header = d.header
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return reply{}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return reply{}
	}
	return reply{answer.StatusCode, body}
}

// sign signs what the delivery is now, as the correct server does.
func (d *delivery) sign() { d.signAs(d.secret, d.to.RequestURI()) }

func (d *delivery) signAs(secret, target string) {
	requestPath, query, _ := strings.Cut(target, "?")
	d.header.Set("X-Awal-Signature-256", "sha256="+digest(secret, http.MethodPost, requestPath, query, d.header.Get("X-Timestamp")+string(d.body)))
}

// fields are those of the body; numbers stay as they are written.
func (d *delivery) fields() row { return (&answer{body: d.body}).json() }

// isChallenge reports whether the delivery checks the address.
func (d *delivery) isChallenge() bool { return d.fields()["type"] == "verification" }

// event is the name of the event; "" for the check of the address.
func (d *delivery) event() string { return text(d.fields()["event"]) }

// rewrite changes the body and signs it again.
func (d *delivery) rewrite(change func(fields, data row)) {
	fields := d.fields()
	data, _ := fields["data"].(map[string]any)
	change(fields, data)
	d.body = encoded(fields)
	d.sign()
}

func encoded(v any) []byte {
	a := &answer{}
	a.set(v)
	return a.body
}

// events changes events on their way, and leaves challenges alone.
func events(do func(d *delivery) reply) change {
	return relayed(func(d *delivery) reply {
		if d.isChallenge() {
			return d.forward()
		}
		return do(d)
	})
}

// saying changes the data of events of a name.
func saying(name string, change func(data row)) change {
	return events(func(d *delivery) reply {
		if d.event() == name {
			d.rewrite(func(_, data row) { change(data) })
		}
		return d.forward()
	})
}

// withoutEvents leaves out those for which it is asked.
func withoutEvents(which func(d *delivery) bool) change {
	return events(func(d *delivery) reply {
		if which(d) {
			return accepted()
		}
		return d.forward()
	})
}

func ofEvent(name string) func(d *delivery) bool {
	return func(d *delivery) bool { return d.event() == name }
}

func ofStatus(words ...string) func(d *delivery) bool {
	return func(d *delivery) bool {
		data, _ := d.fields()["data"].(map[string]any)
		for _, word := range words {
			if data["status"] == word && d.event() == "message.status.updated" {
				return true
			}
		}
		return false
	}
}

// headed changes the headers of all that is sent.
func headed(change func(d *delivery)) change {
	return relayed(func(d *delivery) reply {
		change(d)
		return d.forward()
	})
}

// challenged changes the check of an address, and gives the correct server the answer that it wants where the receiver answers as it should.
func challenged(change func(fields row)) change {
	return relayed(func(d *delivery) reply {
		if !d.isChallenge() {
			return d.forward()
		}
		wanted := d.fields()["challenge"]
		d.rewrite(func(fields, _ row) { change(fields) })
		got := d.forward()
		return reply{got.status, encoded(row{"challenge": wanted})}
	})
}

// credulous takes what a receiver answers to the challenge for right, where it is asked.
func credulous(when func(got reply, challenge string) bool) change {
	return relayed(func(d *delivery) reply {
		got := d.forward()
		var answer struct{ Challenge string }
		_ = json.Unmarshal(got.body, &answer) // what is no JSON has no challenge
		if d.isChallenge() && when(got, answer.Challenge) {
			return reply{http.StatusOK, encoded(row{"challenge": d.fields()["challenge"]})}
		}
		return got
	})
}

// troubled has the correct server itself make trouble at every address, as its control API offers.
func troubled(property string, value any) change {
	return misheard(http.MethodPut, "/webhooks", func(o order) row {
		list, _ := o.fields["endpoints"].([]any)
		for _, endpoint := range toRows(list) {
			endpoint[property] = value
		}
		return o.fields
	})
}

// overtaken sends an event that failed again itself, when three more have been sent.
func overtaken() change {
	return func(w *target, next http.Handler) http.Handler {
		var mu sync.Mutex
		var failed *delivery
		later := 0
		return events(func(d *delivery) reply {
			got := d.forward()
			mu.Lock()
			defer mu.Unlock()
			if got.status >= http.StatusInternalServerError {
				failed, later = d, 0
				return accepted()
			}
			if later++; failed != nil && later == 3 {
				failed.forward()
				failed = nil
			}
			return got
		})(w, next)
	}
}

// later waits before each webhook.
func later(d time.Duration) change {
	return headed(func(*delivery) { time.Sleep(d) })
}
