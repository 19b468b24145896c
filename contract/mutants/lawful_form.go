package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/server"
)

// formVariants say the same in another form.
func formVariants() []variant {
	every := func(do func(a *answer)) change {
		return answering(func(_ *target, _ *http.Request, a *answer) { do(a) })
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
		{name: "gzip when asked", change: answering(func(w *target, r *http.Request, a *answer) {
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				zip(a)
				if w.isList(r) {
					a.header.Set("Content-Encoding", "GZIP") // the name of a coding may be written in any case
				}
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
		{name: "HEAD and OPTIONS answered", change: func(w *target, next http.Handler) http.Handler {
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
		{name: "redirects and HTML for what is not documented", change: insteadOf(http.StatusMethodNotAllowed, func(*target, *http.Request) bool { return true }, func(_ *target, _ *http.Request, a *answer) {
			a.header.Set("Content-Type", "text/html")
			a.body = []byte("<h1>Method Not Allowed</h1>")
		})},
		{name: "the full path signed", options: server.Options{SignedPath: "full"}},
		{name: "either path signed", options: server.Options{SignedPath: "either"}},
		{name: "a connection lost now and then", change: func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return answering(func(_ *target, _ *http.Request, a *answer) { a.dropped = n.Add(1)%40 == 0 })(w, next)
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

func chunked(_ *target, next http.Handler) http.Handler {
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

func once429(w *target, next http.Handler) http.Handler {
	var n atomic.Int64
	return answering(func(_ *target, _ *http.Request, a *answer) {
		if n.Add(1) == 30 {
			a.header.Set("Retry-After", "1")
			a.fail(http.StatusTooManyRequests, "Rate limit exceeded", "Slow down.")
		}
	})(w, next)
}
