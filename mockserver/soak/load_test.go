//go:build unix

package soak_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A load is clients that send texts to tenants through replicas, and what was acknowledged.
type load struct {
	replicas []*replica
	tenants  []string
	stop     chan struct{}
	clients  sync.WaitGroup
	count    atomic.Int64 // acknowledged

	mu     sync.Mutex
	tried  map[string]string // texts and their tenants
	acked  map[string]bool   // texts that were answered 200
	refuse map[string]bool   // texts that were answered 503 "Nothing has changed"
	times  []time.Duration   // of the acknowledged ones
	odd    string            // an answer that is not expected; "": none
}

// begin starts clients: so many for each tenant.
func begin(replicas []*replica, tenants []string, clients ...int) *load {
	l := &load{
		replicas: replicas, tenants: tenants, stop: make(chan struct{}),
		tried: map[string]string{}, acked: map[string]bool{}, refuse: map[string]bool{},
	}
	for i, tenant := range tenants {
		for n := range clients[i] {
			l.clients.Go(func() { l.run(tenant, n) })
		}
	}
	return l
}

func (l *load) run(tenant string, n int) {
	for i := 0; ; i++ {
		select {
		case <-l.stop:
			return
		default:
		}
		r := l.replicas[rand.IntN(len(l.replicas))]
		text := fmt.Sprintf("%s client %d text %d", tenant, n, i)
		l.mu.Lock()
		l.tried[text] = tenant
		l.mu.Unlock()
		began := time.Now()
		status, answer, _ := r.ask(context.Background(), http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", tenant,
			map[string]string{"phone": fmt.Sprintf("96650000%04d", n), "body": text})
		l.note(text, status, answer, time.Since(began))
	}
}

func (l *load) note(text string, status int, answer []byte, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case status == http.StatusOK:
		l.acked[text] = true
		l.times = append(l.times, took)
		l.count.Add(1)
	case bytes.Contains(answer, []byte("Nothing has changed")):
		l.refuse[text] = true
	case status != 0 && status != http.StatusServiceUnavailable && l.odd == "":
		l.odd = fmt.Sprintf("%d %s", status, answer)
	}
}

// more waits until so many more texts were acknowledged.
func (l *load) more(t *testing.T, n int64) {
	t.Helper()
	want := l.count.Load() + n
	eventually(t, fmt.Sprintf("fewer than %d texts are acknowledged", n), func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.odd != "" {
			t.Fatal(l.odd)
		}
		return l.count.Load() >= want
	})
}

// end stops the clients.
func (l *load) end() {
	close(l.stop)
	l.clients.Wait()
}

// An event is one of GET /__admin/events.
type event struct {
	Seq  int64  `json:"seq"`
	Kind string `json:"kind"`
	Data struct {
		Content string `json:"content"`
	} `json:"data"`
}

// verify checks what is there after the load: nothing acknowledged is lost, nothing is doubled or of another tenant, no number is missing,
// and all replicas show the same.
func (l *load) verify(t *testing.T) {
	t.Helper()
	for _, tenant := range l.tenants {
		var (
			first []byte
			heads []string
		)
		eventually(t, "the replicas do not come to show the same events: "+tenant, func() bool {
			heads = heads[:0]
			for _, r := range l.replicas {
				_, text, _ := r.ask(t.Context(), http.MethodGet, "/__admin/events?workspace="+tenant, "", nil)
				heads = append(heads, events(text))
			}
			for _, h := range heads {
				if h == "" || h != heads[0] {
					return false
				}
			}
			first = []byte(heads[0])
			return true
		})
		l.verifyEvents(t, tenant, first)
		l.verifyReads(t, tenant)
	}
}

// events are the lines of an export between its header, which says when it was made, and its count.
func events(text []byte) string {
	_, lines, _ := strings.Cut(string(text), "\n")
	if i := strings.LastIndex(lines, `{"count":`); i >= 0 {
		return lines[:i]
	}
	return ""
}

func (l *load) verifyEvents(t *testing.T, tenant string, text []byte) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	there, last := map[string]int{}, int64(0)
	for line := range bytes.Lines(text) {
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if last > 0 && e.Seq != last+1 {
			t.Errorf("%s: event %d follows %d", tenant, e.Seq, last)
		}
		last = e.Seq
		if e.Kind == "message_sent" {
			there[e.Data.Content]++
		}
	}
	for content, n := range there {
		if n > 1 {
			t.Errorf("%s: %q is there %d times", tenant, content, n)
		}
		if l.tried[content] != tenant {
			t.Errorf("%s: has %q of %q", tenant, content, l.tried[content])
		}
		if l.refuse[content] {
			t.Errorf("%s: %q is there, and was answered 503 as if nothing had changed", tenant, content)
		}
	}
	lost := 0
	for content := range l.acked {
		if l.tried[content] == tenant && there[content] == 0 {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%s: %d acknowledged texts are lost, %d are there", tenant, lost, len(there))
	}
}

// verifyReads waits until all replicas answer with the same bytes.
func (l *load) verifyReads(t *testing.T, tenant string) {
	t.Helper()
	paths := []string{"/api/developer/conversations?phone_number_id=123456", "/api/developer/contacts"}
	var list struct {
		Data []struct {
			ID int64 `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(l.replicas[0].must(t, http.StatusOK, http.MethodGet, paths[0], tenant, nil), &list); err != nil || len(list.Data) == 0 {
		t.Fatalf("%s: %d conversations: %v", tenant, len(list.Data), err)
	}
	for _, c := range list.Data {
		paths = append(paths, fmt.Sprintf("/api/developer/conversations/%d?phone_number_id=123456", c.ID))
	}
	for _, path := range paths {
		eventually(t, tenant+": the replicas do not come to show the same: "+path, func() bool {
			first := l.replicas[0].must(t, http.StatusOK, http.MethodGet, path, tenant, nil)
			for _, r := range l.replicas[1:] {
				if !bytes.Equal(first, r.must(t, http.StatusOK, http.MethodGet, path, tenant, nil)) {
					return false
				}
			}
			return true
		})
	}
}

// create makes tenants through the first replica, and waits until all have them.
func create(t *testing.T, replicas []*replica, names ...string) {
	t.Helper()
	for i, name := range names {
		r := replicas[i%len(replicas)]
		r.must(t, http.StatusCreated, http.MethodPost, "/__admin/workspaces", "",
			map[string]any{"domain": name, "quota": map[string]int{"events": 1_000_000}}) // a fast machine sends more than the 10,000 of the default
	}
	for _, r := range replicas {
		for _, name := range names {
			eventually(t, r.name+" does not show the workspace "+name, func() bool {
				status, _, _ := r.ask(t.Context(), http.MethodGet, "/api/developer/conversations?phone_number_id=123456", name, nil)
				return status == http.StatusOK
			})
		}
	}
}
