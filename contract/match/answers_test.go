package match

import (
	"net/http"
	"testing"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

func TestMatchersOfAnswers(t *testing.T) {
	t.Parallel()
	wrong := answered(400, `{"error":"validation_failed","details":{"status":"x"}}`)
	known := map[int64]*exchange.Row{7: {ID: 7, Phone: "966"}}
	conversation := func(asked, phone string) *exchange.Exchange {
		e := answer(`{}`)
		e.Thread = &exchange.Thread{Asked: asked, ID: 7, Phone: phone}
		return e
	}
	under := func(rows ...exchange.Row) *exchange.Exchange {
		v := listed(rows...)
		v.Status = "closed"
		return v.From
	}
	coded, plain, unreadable := answer(`{}`), answer(`{}`), answer(`{}`)
	coded.Header = http.Header{"Content-Encoding": {"gzip"}}
	unreadable.Content, unreadable.Body = &exchange.Content{}, []byte{0x1f, 0x8b}
	succeeding := &document.Operation{ID: "x", Responses: map[int]*document.Response{200: {}}}
	empty, full := answer(`{"data":[]}`), answer(`{"data":[{}]}`)
	empty.Request.Op, full.Request.Op = succeeding, succeeding
	asked := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	limited := func(reset, retry string) *exchange.Exchange {
		e := answered(429, `{}`)
		e.Asked, e.Header = asked, http.Header{}
		e.Header.Set(exchange.HeaderReset, reset)
		e.Header.Set(exchange.HeaderRetry, retry)
		return e
	}
	expectMatchers(t, map[string]matcherCase{
		"BeSuccess":               {BeSuccess(), answered(204, `{}`), wrong, "2xx", "400 Bad Request validation_failed", ""},
		"GiveNothing":             {ShowNoData(403, 404), empty, full, "403 Forbidden or 404 Not Found, or an empty list", "200 OK", "/data"},
		"GiveNothing refused":     {ShowNoData(400), wrong, full, "400 Bad Request, or an empty list", "200 OK", "/data"},
		"HaveArray":               {HaveArray("/data"), empty, answer(`{"data":{}}`), "an array at /data", "200 OK with an object of 0 properties", "/data"},
		"HaveValue":               {HaveValue("/error", "validation_failed"), wrong, answer(`{"error":7}`), `"validation_failed"`, "7", "/error"},
		"HaveErrorCode":           {HaveErrorCode("x", "validation_failed"), wrong, answered(400, `{"error":1}`), "x or validation_failed", "no text", "/error"},
		"HaveDetail":              {HaveDetail("status"), wrong, answered(400, `{"details":{"b":1,"a":2}}`), "a text under status", "a, b", "/details"},
		"HaveAtMost":              {HaveAtMost(1), full, answer(`{"data":[{},{}]}`), "at most 1", "2", "/data"},
		"AnswerItsRequest":        {AnswerItsRequest(known), conversation("7", "966"), conversation("8", "966"), "the answer to /x", "conversation 7", "/data"},
		"AnswerItsRequest phone":  {AnswerItsRequest(known), conversation("7", "966"), conversation("7", "49"), "the answer to /x", "a conversation with the phone 49", "/data"},
		"AnswerItsRequest status": {AnswerItsRequest(known), under(exchange.Row{Status: "closed"}), under(exchange.Row{Status: "bot"}), "the answer to /x", "rows with the status bot", "/data"},
		"AnswerItsRequest shape":  {AnswerItsRequest(known), wrong, full, "the answer to /x", "an answer of another shape", "/data"},
		"HaveSeconds":             {HaveSeconds(exchange.HeaderRetry), limited("", "3"), limited("", "soon"), exchange.HeaderRetry + " in seconds", `"soon"`, ""},
		"ResetWithin":             {ResetWithin(0, time.Minute), limited("1767355230", ""), limited("1767355230000", ""), "a little more than 1767355200", "1767355230000", ""},
		"BePlain":                 {HaveNoContentCoding(), plain, coded, "no Content-Encoding", "gzip", ""},
		"HaveReadableBody":        {HaveReadableBody(), plain, unreadable, "a JSON object", `"\x1f\x8b"`, ""},
	})
}
