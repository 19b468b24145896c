package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/server"
)

// liveVariants are servers whose data is seen late, changes while it is read, or counts its ids in each workspace or conversation.
func liveVariants() []variant {
	return []variant{
		{name: "records are seen 200 ms late", records: true, slow: true, change: lateRecords},
		{name: "contacts come and go while they are read", records: true, sparse: true, change: comingContacts},
		{name: "more orders than a page has, with ids that each workspace counts", offering: true, options: server.Options{Fixtures: changedFixtures(func(text string) string {
			return strings.Replace(text, "orders: 50", "orders: 300", 1)
		})}},
		{name: "empty workspaces that count their ids", sending: true, sparse: true, options: server.Options{Fixtures: changedFixtures(withoutData)}},
		{name: "a text to all customers in one second, with ids that each conversation counts", should: true, sparse: true, change: threads(func(data map[string]any, messages []row) {
			messages = append([]row{{"content": "We have moved 📦", "type": "text", "direction": "outbound", "date": "2020-05-01T09:00:00Z", "status": "read"}}, messages...)
			for i, m := range messages {
				m["id"] = i + 1
			}
			data["messages"], data["meta"] = fromRows(messages), map[string]any{"total_messages": len(messages)}
		})},
	}
}

// changedFixtures are the project's with another text of the workspaces.
func changedFixtures(change func(text string) string) fs.FS {
	out := fstest.MapFS{}
	for _, name := range []string{"names.yaml", "texts.yaml", "workspaces/your-workspace.yaml", "workspaces/other-workspace.yaml"} {
		raw, err := fs.ReadFile(fixtures.Files(), name)
		if err != nil {
			panic(err)
		}
		if strings.HasPrefix(name, "workspaces/") {
			raw = []byte(change(string(raw)))
		}
		out[name] = &fstest.MapFile{Data: raw}
	}
	return out
}

var generatedData = regexp.MustCompile(`(?m)^    (orders: \d+.*|conversations: \d+.*|mix: .*)\n`)

// withoutData is a workspace that has its numbers and templates only.
func withoutData(text string) string {
	text, _, _ = strings.Cut(text, "\nrecords:")
	text, _, _ = strings.Cut(text, "\nconversations:")
	return generatedData.ReplaceAllString(text+"\n", "")
}

// lateRecords answers reads of records as they were before the latest write, for a moment after it.
func lateRecords(w *target, next http.Handler) http.Handler {
	const late = 200 * time.Millisecond
	var mu sync.Mutex
	seen, made, until := map[string][]byte{}, map[string]time.Time{}, time.Time{}
	return answering(func(w *target, r *http.Request, a *answer) {
		path := w.path(r)
		if !strings.HasPrefix(path, "/contact") && !strings.HasPrefix(path, "/branches") || a.status >= http.StatusBadRequest && a.status != http.StatusNotFound {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		key := r.Header.Get("X-Domain") + path
		before, asked := seen[key+"?"+r.URL.RawQuery]
		switch {
		case r.Method != http.MethodGet && a.status < http.StatusBadRequest:
			until = time.Now().Add(late)
			if data, _ := a.json()["data"].(map[string]any); r.Method == http.MethodPost && data != nil {
				made[key+"/"+id(data)] = until
			}
		case r.Method != http.MethodGet:
		case time.Now().Before(made[key]):
			a.fail(http.StatusNotFound, "resource_not_found", "There is no such record yet.")
		case time.Now().Before(until) && asked:
			a.status, a.body = http.StatusOK, before
		case a.status == http.StatusOK:
			seen[key+"?"+r.URL.RawQuery] = a.body
		}
	})(w, next)
}

// comingContacts lets another client make a contact, and delete the one before, with every third read of the list.
func comingContacts(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	asked, last := 0, ""
	return answering(func(w *target, r *http.Request, _ *answer) {
		if r.Method != http.MethodGet || w.path(r) != string(contactsPath) || r.Header.Get("X-Domain") != w.first.domain {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked%3 != 0 {
			return
		}
		if last != "" {
			w.ask(http.MethodDelete, last, "")
		}
		made := w.ask(http.MethodPost, string(contactsPath)+"?phone_number_id="+w.first.number, fmt.Sprintf("name=Another+%d&phone=96656%08d", asked, asked))
		data, _ := made.json()["data"].(map[string]any)
		last = string(contactsPath) + "/" + id(data)
	})(w, next)
}

// ask asks the correct server as the first client; a body is a form.
func (w *target) ask(method, path, body string) *answer {
	r := httptest.NewRequest(method, w.base+path, io.NopCloser(bytes.NewReader([]byte(body))))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	record := httptest.NewRecorder()
	w.server.ServeHTTP(record, w.forge(r, w.first))
	return recorded(record)
}
