package main

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func zip(a *answer) {
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, _ = writer.Write(a.body)
	_ = writer.Close()
	a.body = out.Bytes()
	a.header.Set("Content-Encoding", "gzip")
}

func httpMutants() []mutant {
	return []mutant{
		{"content type missing", "HTTP-CONTENT-TYPE", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusOK {
				a.header.Del("Content-Type")
			}
		})},
		{"content type text/plain", "HTTP-CONTENT-TYPE", answering(func(w *target, r *http.Request, a *answer) {
			if a.status == http.StatusOK && w.isStatusList(r) {
				a.header.Set("Content-Type", "text/plain")
			}
		})},
		{"byte order mark", "JSON-ONE-VALUE", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusOK {
				a.body = append([]byte("\ufeff"), a.body...)
			}
		})},
		{"trailing document", "JSON-ONE-VALUE", answering(func(_ *target, _ *http.Request, a *answer) { a.body = append(a.body, "\n{}"...) })},
		{"Latin-1 in a text", "JSON-ONE-VALUE", replace(success200, `"status":"opened"`, "\"note\":\"caf\xe9\",\"status\":\"opened\"")},
		{"truncated large body", "HTTP-COMPLETE", answering(func(_ *target, _ *http.Request, a *answer) {
			if len(a.body) > 8<<10 {
				a.body = a.body[:8<<10]
			}
		})},
		{"connection lost inside a large body", "HTTP-COMPLETE", answering(func(_ *target, _ *http.Request, a *answer) {
			if len(a.body) > 8<<10 {
				a.missing = len(a.body) - 8<<10
				a.body = a.body[:8<<10]
			}
		})},
		{"gzip although identity was asked", "HTTP-CODING", answering(func(_ *target, r *http.Request, a *answer) {
			if r.Header.Get("Accept-Encoding") == "identity" {
				zip(a)
			}
		})},
		{"a coding that the client did not ask for", "HTTP-CODING", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusOK {
				a.header.Set("Content-Encoding", "br")
			}
		})},
		{"answers mixed up by a cache", "HTTP-OWN-ANSWER", func(w *target, next http.Handler) http.Handler {
			var mu sync.Mutex
			kept := map[string]*answer{} // the key forgets the query
			return answering(func(w *target, r *http.Request, a *answer) {
				mu.Lock()
				defer mu.Unlock()
				key := w.path(r) + r.Header.Get("X-Domain")
				if !filtered(r) || a.status != http.StatusOK {
					return
				}
				if before := kept[key]; before != nil {
					a.body = before.body
				} else {
					kept[key] = &answer{body: a.body}
				}
			})(w, next)
		}},
		{"parallel answers swapped", "HTTP-OWN-ANSWER", swapped},
		{"a read marks as read", "MSG-READ-ONLY", marksAsRead},
		{"one call in twenty 500", "HTTP-NO-SERVER-ERROR", everyNth(20, func(a *answer) { a.fail(http.StatusInternalServerError, "internal_error", "The server failed.") })},
		{"503 for an odd search", "HTTP-NO-SERVER-ERROR", answering(func(_ *target, r *http.Request, a *answer) {
			if term := r.URL.Query().Get("searchTerm"); term == "(" || term == "[" {
				a.fail(http.StatusServiceUnavailable, "service_unavailable", "Try again.")
			}
		})},
		{"success with another status", "HTTP-SUCCESS", answering(func(w *target, r *http.Request, a *answer) {
			if w.isStatusList(r) && a.status == http.StatusOK {
				a.status = http.StatusAccepted
			}
		})},
	}
}

// swapped gives two conversations that are asked for at the same time each other's answer.
func swapped(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	var waiting chan []byte
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		next.ServeHTTP(record, r)
		body := record.Body.Bytes()
		if w.isThread(r) && record.Code == http.StatusOK {
			mu.Lock()
			if waiting != nil {
				other := waiting
				waiting = nil
				mu.Unlock()
				theirs := <-other
				other <- body
				body = theirs
			} else {
				mine := make(chan []byte)
				waiting = mine
				mu.Unlock()
				select {
				case mine <- body:
					body = <-mine
				case <-time.After(3 * time.Millisecond):
					mu.Lock()
					if waiting == mine {
						waiting = nil
					}
					mu.Unlock()
					select {
					case mine <- body:
						body = <-mine
					case <-time.After(time.Millisecond):
					}
				}
			}
		}
		out.Header().Set("Content-Type", record.Header().Get("Content-Type"))
		out.WriteHeader(record.Code)
		_, _ = out.Write(body)
	})
}

// marksAsRead forgets the unread messages of a conversation once it was read.
func marksAsRead(w *target, next http.Handler) http.Handler {
	var read sync.Map
	return answering(func(w *target, r *http.Request, a *answer) {
		object := a.json()
		if a.status != http.StatusOK || object == nil {
			return
		}
		if data, ok := object["data"].(map[string]any); ok && w.isThread(r) {
			read.Store(id(data), true)
			return
		}
		if !w.isList(r) {
			return
		}
		for _, row := range rowsOf(object) {
			if _, ok := read.Load(id(row)); ok {
				row["unread_count"] = 0
				if row["status"] == "unread" {
					row["status"] = "opened"
				}
			}
		}
		a.set(object)
	})(w, next)
}

// limitMutants run with a small rate limit, and only against the requirements of rate limits.
func limitMutants() []mutant {
	return []mutant{
		{"answers without the limit's headers", "RATE-HEADERS", answering(func(_ *target, _ *http.Request, a *answer) { a.header.Del("X-RateLimit-Reset") })},
		{"remaining never falls", "RATE-REMAINING", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusOK {
				a.header.Set("X-RateLimit-Remaining", a.header.Get("X-RateLimit-Limit"))
			}
		})},
		{"limit never enforced", "RATE-ENFORCED", answering(func(w *target, r *http.Request, a *answer) {
			if a.status != http.StatusTooManyRequests {
				return
			}
			free := w.inner(pollPath, map[string][]string{"phone_number_id": {w.first.number}}, w.first)
			if w.isList(r) {
				emptyList(free)
			}
			a.status, a.body = free.status, free.body
		})},
		{"limit enforced one request late", "RATE-ENFORCED", func(w *target, next http.Handler) http.Handler {
			var forgiven atomic.Bool
			return answering(func(w *target, r *http.Request, a *answer) {
				if w.isList(r) && a.status == http.StatusTooManyRequests && forgiven.CompareAndSwap(false, true) {
					emptyList(a)
				}
			})(w, next)
		}},
		{"limit enforced one request early", "RATE-REMAINING", answering(func(w *target, r *http.Request, a *answer) {
			if w.isList(r) && a.header.Get("X-RateLimit-Remaining") == "0" && a.status == http.StatusOK {
				a.header.Set("Retry-After", "1")
				a.fail(http.StatusTooManyRequests, "rate_limit_exceeded", "The limit is used up.")
			}
		})},
		{"reset counted from now", "RATE-RESET", answering(func(_ *target, _ *http.Request, a *answer) { a.header.Set("X-RateLimit-Reset", "1") })},
		{"429 without its headers", "RATE-EXCEEDED-HEADERS", on429(func(a *answer) {
			a.header.Del("X-RateLimit-Limit")
			a.header.Del("X-RateLimit-Remaining")
			a.header.Del("X-RateLimit-Reset")
		})},
		{"429 without Retry-After", "RATE-RETRY-AFTER", on429(func(a *answer) { a.header.Del("Retry-After") })},
		{"Retry-After in milliseconds", "RATE-RETRY-AFTER", on429(func(a *answer) { a.header.Set("Retry-After", a.header.Get("Retry-After")+"000") })},
		{"the reset of a 429 has passed", "RATE-RESET", on429(func(a *answer) {
			a.header.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(-time.Minute).Unix(), 10))
		})},
		{"limit never resets", "RATE-RESET", func(w *target, next http.Handler) http.Handler {
			var exceeded atomic.Bool
			return answering(func(w *target, r *http.Request, a *answer) {
				if !w.isList(r) {
					return
				}
				if a.status == http.StatusTooManyRequests {
					exceeded.Store(true)
				} else if exceeded.Load() {
					a.fail(http.StatusTooManyRequests, "rate_limit_exceeded", "The limit is used up.")
					a.header.Set("X-RateLimit-Remaining", "0")
					a.header.Set("Retry-After", "1")
					a.header.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Second).Unix(), 10))
				}
			})(w, next)
		}},
	}
}

func on429(do func(a *answer)) change {
	return answering(func(_ *target, _ *http.Request, a *answer) {
		if a.status == http.StatusTooManyRequests {
			do(a)
		}
	})
}
