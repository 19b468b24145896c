package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/server"
)

// workspace is a fixture with so many generated conversations and none written by hand.
func workspace(conversations int) fs.FS {
	own := fixtures.Files()
	files := fstest.MapFS{"workspaces/your-workspace.yaml": {Data: fmt.Appendf(nil, `workspace: your-workspace
default: true
client_id: your-client-id
hmac_secret: your-hmac-secret
numbers:
  - {phone_number_id: "123456", phone: "966110000001", verified_name: Lawful, created: -900d, conversations: %d}
`, conversations)}}
	for _, name := range []string{"names.yaml", "texts.yaml", "workspaces/other-workspace.yaml"} {
		if data, err := fs.ReadFile(own, name); err == nil {
			files[name] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

// dataVariants have other data, or data that moves.
func dataVariants() []variant {
	return []variant{
		{name: "empty data", options: server.Options{Fixtures: workspace(0)}, sparse: true},
		{name: "one-row data", options: server.Options{Fixtures: workspace(1)}, sparse: true},
		{name: "3,000 rows", options: server.Options{Fixtures: workspace(3_000)}, sparse: true},
		{name: "a clock that is set to 2024", options: server.Options{Clock: time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)}},
		{name: "another seed", options: server.Options{Seed: 77}},
		{name: "a message arriving mid-run", change: arriving},
		{name: "messages read by an agent mid-run", change: agentReads, sparse: true},
		{name: "names unknown", sparse: true, change: answering(func(_ *target, _ *http.Request, a *answer) {
			object := a.json()
			for _, r := range rowsOf(object) {
				if _, ok := r["name"]; ok {
					r["name"] = nil
				}
			}
			if data, ok := object["data"].(map[string]any); ok {
				data["name"] = nil
			}
			if object != nil {
				a.set(object)
			}
		})},
	}
}

// arriving lets two customers write again and again while the suite runs; one of them is new.
func arriving(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	asked := 0
	var arrived []time.Time // when each message came
	tick := func() (n int, at time.Time, all []time.Time) {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked%25 == 0 {
			arrived = append(arrived, time.Now().UTC().Truncate(time.Second))
		}
		if n = len(arrived); n > 0 {
			at = arrived[n-1]
		}
		return n, at, slices.Clone(arrived)
	}
	const busy, fresh = "2", "990001"
	written := func(first, n int, when []time.Time) (out []row) {
		for i := 1; i <= n; i++ {
			out = append(out, row{"id": first + i, "content": "message " + strconv.Itoa(i) + " 👋", "type": "text", "direction": "inbound", "date": when[i-1].Format(time.RFC3339), "status": "delivered"})
		}
		return out
	}
	return answering(func(w *target, r *http.Request, a *answer) {
		n, when, all := tick()
		own := r.Header.Get("X-Domain") == w.first.domain && r.URL.Query().Get("phone_number_id") == w.first.number
		object := a.json()
		if object == nil || n == 0 || !own {
			return
		}
		newRow := row{
			"id": json.Number(fresh), "phone": "966577700001", "name": "New Customer", "last_message": "message " + strconv.Itoa(n) + " 👋", "last_message_type": "text",
			"unread_count": n, "status": "unread", "updated_at": when.Format(time.RFC3339), "created_at": "2024-01-01T00:00:00Z",
		}
		switch {
		case w.isThread(r) && a.status == http.StatusNotFound && strings.HasSuffix(r.URL.Path, "/"+fresh):
			a.status = http.StatusOK
			object = row{"status": true, "data": row{
				"id": newRow["id"], "phone": newRow["phone"], "name": newRow["name"], "status": "unread", "messages": fromRows(written(910000, n, all)), "meta": row{"total_messages": n},
			}}
		case a.status != http.StatusOK:
			return
		case w.isThread(r) && strings.HasSuffix(r.URL.Path, "/"+busy):
			data, _ := object["data"].(map[string]any)
			messages := append(messagesOf(object), written(900000, n, all)...)
			data["messages"], data["status"] = fromRows(messages), "unread"
			data["meta"] = map[string]any{"total_messages": len(messages)}
		case w.isList(r):
			query := r.URL.Query()
			rows := append(w.all(nil), newRow)
			for _, x := range rows {
				if id(x) == busy {
					x["last_message"], x["last_message_type"], x["updated_at"], x["unread_count"], x["status"] = newRow["last_message"], "text", newRow["updated_at"], n, "unread"
				}
			}
			rows = slices.DeleteFunc(rows, notAsked(query))
			slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(text(b["updated_at"]), text(a["updated_at"])) })
			setRows(object, rows)
		}
		a.set(object)
	})(w, next)
}

// notAsked tells of a row that a list with this query does not have.
func notAsked(query url.Values) func(row) bool {
	status, term := query.Get("status"), strings.TrimSpace(query.Get("searchTerm"))
	return func(r row) bool { return status != "" && r["status"] != status || term != "" && !has(r, term) }
}

// agentReads lets a person read one conversation while the suite runs.
func agentReads(w *target, next http.Handler) http.Handler {
	var asked atomic.Int64
	return answering(func(w *target, r *http.Request, a *answer) {
		object := a.json()
		if asked.Add(1) < 20 || a.status != http.StatusOK || object == nil {
			return
		}
		if data, ok := object["data"].(map[string]any); ok && w.isThread(r) && id(data) == "1" {
			data["status"] = "opened"
		}
		if w.isList(r) && r.Header.Get("X-Domain") == w.first.domain {
			rows := w.all(nil)
			for _, x := range rows {
				if id(x) == "1" {
					x["unread_count"], x["status"] = 0, "opened"
				}
			}
			setRows(object, slices.DeleteFunc(rows, notAsked(r.URL.Query())))
		}
		a.set(object)
	})(w, next)
}
