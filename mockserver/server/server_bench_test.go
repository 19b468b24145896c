package server_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/server"
)

// nowhere is a ResponseWriter that costs nothing, so that a benchmark shows the mock's own part of a request.
type nowhere struct {
	header http.Header
	status int
}

func (w *nowhere) Header() http.Header         { return w.header }
func (w *nowhere) WriteHeader(status int)      { w.status = status }
func (w *nowhere) Write(p []byte) (int, error) { return len(p), nil }

// request is a signed request of the default workspace.
func request(b *testing.B, method, target, body string) func() *http.Request {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	sum := signature.Sign("your-hmac-secret", signature.Request{Method: method, Target: target, Timestamp: timestamp, Body: []byte(body)})
	return func() *http.Request {
		r, err := http.NewRequest(method, "http://localhost/api/developer"+target, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		r.RequestURI = "/api/developer" + target
		r.Header = http.Header{
			"Accept": {"application/json"}, "Content-Type": {"application/json"}, "User-Agent": {"bench"},
			"X-Domain": {"your-workspace"}, "X-Client-Id": {"your-client-id"}, "X-Timestamp": {timestamp}, "X-Awal-Signature-256": {sum},
		}
		return r
	}
}

func serve(b *testing.B, o server.Options, requests ...func() *http.Request) {
	if o.RateLimit == "" {
		o.RateLimit = "off"
	}
	s, err := server.New(o)
	if err != nil {
		b.Fatal(err)
	}
	w := &nowhere{header: http.Header{}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := requests[i%len(requests)]()
		clear(w.header)
		if s.ServeHTTP(w, r); w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

func BenchmarkMakeTheRequestAlone(b *testing.B) {
	r := request(b, "GET", "/conversations?phone_number_id=123456&status=opened", "")
	b.ReportAllocs()
	for b.Loop() {
		r()
	}
}

func BenchmarkListTenRows(b *testing.B) {
	serve(b, server.Options{}, request(b, "GET", "/conversations?phone_number_id=123456&status=opened", ""))
}

func BenchmarkListTenRowsWithLimits(b *testing.B) {
	serve(b, server.Options{RateLimit: "1000000000/1h"}, request(b, "GET", "/conversations?phone_number_id=123456&status=opened", ""))
}

func BenchmarkListTenRowsUnsigned(b *testing.B) {
	serve(b, server.Options{Auth: "off"}, request(b, "GET", "/conversations?phone_number_id=123456&status=opened", ""))
}

func BenchmarkConversationByID(b *testing.B) {
	serve(b, server.Options{}, request(b, "GET", "/conversations/1?phone_number_id=123456", ""))
}

func BenchmarkMessageStatus(b *testing.B) {
	serve(b, server.Options{}, request(b, "GET", "/fetch-message-status-app?phone_number_id=123456", ""))
}

func BenchmarkSendText(b *testing.B) {
	var requests []func() *http.Request
	for i := range 50 {
		body := fmt.Sprintf(`{"phone":"9665012345%02d","body":"Your order is on its way and arrives today."}`, i)
		requests = append(requests, request(b, "POST", "/w/message/text?phone_number_id=123456", body))
	}
	serve(b, server.Options{}, requests...)
}

func BenchmarkListTenContacts(b *testing.B) {
	serve(b, server.Options{}, request(b, "GET", "/contacts?limit=10", ""))
}

func BenchmarkListTenOrders(b *testing.B) {
	serve(b, server.Options{}, request(b, "GET", "/orders?phone_number_id=123456&limit=10", ""))
}

// BenchmarkCreateBranch creates what need not be unique, and is answered with 200.
func BenchmarkCreateBranch(b *testing.B) {
	form := request(b, "POST", "/branches?phone_number_id=123456", "name=Tabuk&phone=966512300001&address=King+Road")
	serve(b, server.Options{}, func() *http.Request {
		r := form()
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	})
}
