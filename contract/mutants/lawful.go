package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"regexp"
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

// A variant is a lawful server that looks different from the mock.
type variant struct {
	name    string
	options server.Options
	change  change // nil: none
	sparse  bool   // it has too little data for some checks: UNVERIFIED is right
	prefix  string // of the base URL's path
	living  bool   // it is checked with the capabilities send and tickets
	slow    bool   // it takes long for its waiting, not for its work
	should  bool   // it breaks a SHOULD, which is lawful: accepted without --strict
}

func variants() []variant {
	return slices.Concat(formVariants(), dataVariants(), readingVariants(), livingVariants())
}

// formVariants say the same in another form.
func formVariants() []variant {
	every := func(do func(a *answer)) change {
		return answering(func(_ *world, _ *http.Request, a *answer) { do(a) })
	}
	return []variant{
		{name: "keys in another order", change: every(func(a *answer) {
			if object := a.json(); object != nil {
				a.set(object)
			}
		})},
		{name: "spaces and \\u escapes", change: every(escaped)},
		{name: "extra fields and headers", change: every(func(a *answer) {
			a.header.Set("X-Powered-By", "lawful")
			if object := a.json(); object != nil {
				object["trace"] = map[string]any{"took_ms": 3}
				for _, r := range append(rowsOf(object), messagesOf(object)...) {
					r["labels"] = []any{"vip", nil}
				}
				a.set(object)
			}
		})},
		{name: "+03:00 and fractions of a second", change: every(otherZone)},
		{name: "free error texts, extra details", change: every(func(a *answer) {
			if object := a.json(); a.status >= 400 && object != nil {
				details, _ := object["details"].(map[string]any)
				if details == nil {
					details = map[string]any{}
				}
				details["hint"] = "اقرأ التوثيق"
				object["message"], object["details"], object["docs"] = "حدث خطأ", details, "https://example.com"
				a.set(object)
			}
		})},
		{name: "chunked", change: chunked},
		{name: "gzip when asked", change: answering(func(_ *world, r *http.Request, a *answer) {
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				zip(a)
			}
		})},
		{name: "charset=utf-8", change: every(func(a *answer) {
			if a.header.Get("Content-Type") == "application/json" {
				a.header.Set("Content-Type", `application/json; charset="UTF-8"`)
			}
		})},
		{name: "connection closed after each answer", change: every(func(a *answer) { a.header.Set("Connection", "close") })},
		{name: "base path with a prefix", prefix: "/proxy/v7"},
		{name: "300 ms latency", options: server.Options{Latency: 300 * time.Millisecond}, slow: true},
		{name: "one 429 with Retry-After", change: once429},
		{name: "HEAD and OPTIONS answered", change: func(w *world, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				switch r.Method {
				case http.MethodOptions:
					out.Header().Set("Allow", "GET, HEAD, OPTIONS")
					out.WriteHeader(http.StatusNoContent)
				case http.MethodHead:
					c := clone(r)
					c.Method = http.MethodGet
					next.ServeHTTP(out, w.forge(c, w.named(r)))
				default:
					next.ServeHTTP(out, r)
				}
			})
		}},
		{name: "redirects and HTML for what is not documented", change: insteadOf(http.StatusMethodNotAllowed, func(*world, *http.Request) bool { return true }, func(_ *world, _ *http.Request, a *answer) {
			a.header.Set("Content-Type", "text/html")
			a.body = []byte("<h1>Method Not Allowed</h1>")
		})},
		{name: "the full path signed", options: server.Options{SignedPath: "full"}},
		{name: "either path signed", options: server.Options{SignedPath: "either"}},
		{name: "a connection lost now and then", change: func(w *world, next http.Handler) http.Handler {
			var n atomic.Int64
			return answering(func(_ *world, _ *http.Request, a *answer) { a.dropped = n.Add(1)%40 == 0 })(w, next)
		}},
	}
}

func escaped(a *answer) {
	object := a.json()
	if object == nil {
		return
	}
	a.set(object)
	var indented bytes.Buffer
	if json.Indent(&indented, a.body, "\n", "   ") != nil {
		return
	}
	a.body = []byte(strings.Join(strings.Split(escapeText(indented.String()), "\n"), "\r\n") + "\n\n")
}

// escapeText writes everything beyond ASCII, and the slash, as an escape; surrogates for what needs them.
func escapeText(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r > 0xffff:
			fmt.Fprintf(&out, `\u%04X\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		case r > 126:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

var utcTime = regexp.MustCompile(`"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"`)

func otherZone(a *answer) {
	a.body = utcTime.ReplaceAllFunc(a.body, func(quoted []byte) []byte {
		at, err := time.Parse(time.RFC3339, strings.Trim(string(quoted), `"`))
		if err != nil {
			return quoted
		}
		return []byte(at.In(time.FixedZone("", 3*3600)).Format(`"2006-01-02T15:04:05.000-07:00"`))
	})
}

func chunked(_ *world, next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&chunkWriter{out}, r)
	})
}

// chunkWriter sends a body in small pieces, and without its length.
type chunkWriter struct{ http.ResponseWriter }

func (c *chunkWriter) WriteHeader(status int) {
	c.Header().Del("Content-Length")
	c.ResponseWriter.WriteHeader(status)
}

func (c *chunkWriter) Write(data []byte) (int, error) {
	c.Header().Del("Content-Length")
	written := 0
	for piece := range slices.Chunk(data, 1500) {
		n, err := c.ResponseWriter.Write(piece)
		written += n
		if err != nil {
			return written, err
		}
		_ = http.NewResponseController(c.ResponseWriter).Flush()
	}
	return written, nil
}

func once429(w *world, next http.Handler) http.Handler {
	var n atomic.Int64
	return answering(func(_ *world, _ *http.Request, a *answer) {
		if n.Add(1) == 30 {
			a.header.Set("Retry-After", "1")
			a.fail(http.StatusTooManyRequests, "Rate limit exceeded", "Slow down.")
		}
	})(w, next)
}

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
		{name: "10,000 rows", options: server.Options{Fixtures: workspace(10_000)}, sparse: true},
		{name: "a clock that stands in 2024", options: server.Options{Clock: time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)}},
		{name: "another seed", options: server.Options{Seed: 77}},
		{name: "a message arriving mid-run", change: arriving},
		{name: "messages read by an agent mid-run", change: agentReads, sparse: true},
		{name: "names unknown", sparse: true, change: answering(func(_ *world, _ *http.Request, a *answer) {
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

// readingVariants read the vendor's pages otherwise where they are silent or contradict themselves.
func readingVariants() []variant {
	status := func(from, to int) change {
		return answering(func(_ *world, _ *http.Request, a *answer) {
			if a.status == from {
				a.status = to
			}
		})
	}
	return []variant{
		{name: "overlapping status views", change: overlapping},
		{name: "missing header 400", options: server.Options{MissingHeaders: 400}},
		{name: "stale 401", change: status(http.StatusForbidden, http.StatusUnauthorized)},
		{name: "unknown client 403", change: answering(func(w *world, r *http.Request, a *answer) {
			if a.status == http.StatusUnauthorized && w.secretOf(r) == "" && r.Header.Get("X-Client-ID") != "" && r.Header.Get("X-Domain") != "" {
				a.fail(http.StatusForbidden, "forbidden", "The client is unknown.")
			}
		})},
		{name: "validation before authentication", change: validatingFirst},
		{name: "malformed id 404", change: answering(func(w *world, r *http.Request, a *answer) {
			if w.isTalk(r) && a.status == http.StatusBadRequest && r.URL.Query().Get("phone_number_id") != "" && sentDigest(r) == w.expected(r) {
				a.fail(http.StatusNotFound, "resource_not_found", "There is no such conversation.")
			}
		})},
		{name: "unknown number an empty list", change: answering(func(w *world, r *http.Request, a *answer) {
			if !w.isTalk(r) && a.status == http.StatusNotFound {
				emptyList(a)
			}
		})},
		{name: "another method 404", change: status(http.StatusMethodNotAllowed, http.StatusNotFound)},
		{name: "unfiltered list without closed conversations", change: lists(func(_ *world, r *http.Request, object map[string]any, rows []row) {
			if !filtered(r) {
				setRows(object, slices.DeleteFunc(rows, func(r row) bool { return r["status"] == "closed" }))
			}
		})},
		{name: "total of the whole inbox", change: lists(func(_ *world, _ *http.Request, object map[string]any, _ []row) {
			object["meta"] = map[string]any{"total": 58, "unread_total": 0}
		})},
		{name: "lists cut after twenty rows", sparse: true, change: lists(func(_ *world, _ *http.Request, object map[string]any, rows []row) {
			object["data"] = fromRows(rows[:min(20, len(rows))])
		})},
		{name: "conversations cut after three messages", should: true, sparse: true, change: talks(func(data map[string]any, messages []row) {
			data["messages"] = fromRows(messages[:min(3, len(messages))])
		})},
		{name: "the poll has one row per change", change: polls(func(_ *world, _ *http.Request, object map[string]any, rows []row) {
			var out []row
			for _, r := range rows {
				if r["status"] == "read" {
					sent := maps.Clone(r)
					sent["status"] = "sent"
					out = append(out, sent)
				}
				out = append(out, r)
			}
			object["data"] = fromRows(out)
		})},
		{name: "newest message first", should: true, change: talks(func(data map[string]any, messages []row) {
			slices.Reverse(messages)
			data["messages"] = fromRows(messages)
		})},
		{name: "every SHOULD of order broken", should: true, change: lists(func(_ *world, _ *http.Request, object map[string]any, rows []row) {
			slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(count(a["id"]), count(b["id"])) })
			object["data"] = fromRows(rows)
		})},
		{name: "search ignores accents and Arabic variants of a letter", change: searching(func(r row, term string) bool {
			plain := strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي", "ة", "ه")
			return strings.Contains(plain.Replace(lower(text(r["name"]))), plain.Replace(lower(term))) || strings.Contains(text(r["phone"]), term)
		})},
	}
}

func validatingFirst(w *world, next http.Handler) http.Handler {
	return answering(func(w *world, r *http.Request, a *answer) {
		if a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
			return
		}
		if r.URL.Query().Get("phone_number_id") == "" {
			a.fail(http.StatusBadRequest, "validation_failed", "phone_number_id is required.")
		}
	})(w, next)
}

// overlapping shows unread rows as opened, and finds them under both words.
func overlapping(w *world, next http.Handler) http.Handler {
	show := func(rows []row) {
		for _, r := range rows {
			if r["status"] == "unread" {
				r["status"] = "opened"
			}
		}
	}
	hidden := lists(func(w *world, r *http.Request, object map[string]any, rows []row) {
		if r.URL.Query().Get("status") == "opened" {
			filter := url.Values{"status": {"unread"}}
			if term := r.URL.Query().Get("searchTerm"); term != "" {
				filter.Set("searchTerm", term)
			}
			rows = append(rows, w.all(filter)...)
			slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(text(b["updated_at"]), text(a["updated_at"])) })
			setRows(object, rows)
		}
		show(rows)
	})
	return hidden(w, talks(func(data map[string]any, _ []row) {
		if data["status"] == "unread" {
			data["status"] = "opened"
		}
	})(w, next))
}

// arriving lets two customers write again and again while the suite runs; one of them is new.
func arriving(w *world, next http.Handler) http.Handler {
	var mu sync.Mutex
	asked, arrived := 0, 0
	var at time.Time
	tick := func() (int, time.Time) {
		mu.Lock()
		defer mu.Unlock()
		if asked++; asked%25 == 0 {
			arrived++
			at = time.Now().UTC().Truncate(time.Second)
		}
		return arrived, at
	}
	const busy, fresh = "2", "990001"
	written := func(first, n int, when time.Time) (out []row) {
		for i := 1; i <= n; i++ {
			out = append(out, row{"id": first + i, "content": "message " + strconv.Itoa(i) + " 👋", "type": "text", "direction": "inbound", "date": when.Format(time.RFC3339), "status": "delivered"})
		}
		return out
	}
	return answering(func(w *world, r *http.Request, a *answer) {
		n, when := tick()
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
		case w.isTalk(r) && a.status == http.StatusNotFound && strings.HasSuffix(r.URL.Path, "/"+fresh):
			a.status = http.StatusOK
			object = row{"status": true, "data": row{
				"id": newRow["id"], "phone": newRow["phone"], "name": newRow["name"], "status": "unread", "messages": fromRows(written(910000, n, when)), "meta": row{"total_messages": n},
			}}
		case a.status != http.StatusOK:
			return
		case w.isTalk(r) && strings.HasSuffix(r.URL.Path, "/"+busy):
			data, _ := object["data"].(map[string]any)
			messages := append(messagesOf(object), written(900000, n, when)...)
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
			rows = slices.DeleteFunc(rows, func(x row) bool {
				term := strings.TrimSpace(query.Get("searchTerm"))
				return query.Get("status") != "" && x["status"] != query.Get("status") || term != "" && !has(x, term)
			})
			slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(text(b["updated_at"]), text(a["updated_at"])) })
			setRows(object, rows)
		}
		a.set(object)
	})(w, next)
}

// agentReads lets a person read one conversation while the suite runs.
func agentReads(w *world, next http.Handler) http.Handler {
	var asked atomic.Int64
	return answering(func(w *world, r *http.Request, a *answer) {
		object := a.json()
		if asked.Add(1) < 20 || a.status != http.StatusOK || object == nil {
			return
		}
		if data, ok := object["data"].(map[string]any); ok && w.isTalk(r) && id(data) == "1" {
			data["status"] = "opened"
		}
		if w.isList(r) && r.Header.Get("X-Domain") == w.first.domain {
			query := r.URL.Query()
			rows := w.all(nil)
			for _, x := range rows {
				if id(x) == "1" {
					x["unread_count"], x["status"] = 0, "opened"
				}
			}
			setRows(object, slices.DeleteFunc(rows, func(x row) bool {
				term := strings.TrimSpace(query.Get("searchTerm"))
				return query.Get("status") != "" && x["status"] != query.Get("status") || term != "" && !has(x, term)
			}))
		}
		a.set(object)
	})(w, next)
}
