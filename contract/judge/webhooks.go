package judge

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

// WebhookForm judges the form of a webhook: it must be a POST with one JSON value. The content is not looked at.
func WebhookForm(e *exchange.Exchange) (found []Finding) {
	if e.Request.Method != http.MethodPost {
		found = append(found, Finding{Text: "a webhook has another method", Expected: http.MethodPost, Actual: e.Request.Method})
	}
	if media, actual := mediaOfHeader(e.Sent.Get("Content-Type")); media != exchange.MediaJSON {
		found = append(found, Finding{Text: "a webhook has another content type", Expected: exchange.MediaJSON, Actual: actual})
	}
	if e.Content == nil {
		return append(found, Finding{Text: "the body of a webhook cannot be read", Expected: "one JSON value", Actual: printable.Cut(fmt.Sprintf("%q", e.Body), 120)})
	}
	for _, problem := range e.Content.Problems {
		found = append(found, Finding{Text: "the body of a webhook is not correct JSON", Expected: "one JSON value in UTF-8 whose objects have each key once", Actual: problem.Reason, Pointer: problem.Pointer})
	}
	return found
}

// Webhook judges the events of a webhook by their schemas in the document. An event of an unknown name may have any content, since the vendor announces more
// events.
func (j *Judge) Webhook(e *exchange.Exchange) (found []Finding) {
	if e.Object()["type"] == document.Verification {
		return j.Challenge(e)
	}
	events := e.Events()
	if len(events) == 0 {
		return []Finding{{Text: "a webhook has no event", Expected: "an object with event, timestamp and data", Actual: printable.Cut(fmt.Sprintf("%q", e.Body), 120)}}
	}
	for _, v := range events {
		if v.Name == "" {
			found = append(found, Finding{Text: "an event has no name", Expected: "the property event", Actual: printable.Brief(v.Fields["event"]), Pointer: v.Pointer + "/event"})
			continue
		}
		found = append(found, j.webhook(v.Name, v.Fields, v.Pointer)...)
	}
	return found
}

// Challenge judges the check of an address by its schema.
func (j *Judge) Challenge(e *exchange.Exchange) []Finding {
	return j.webhook(document.Verification, e.Object(), "")
}

func (j *Judge) webhook(name string, fields map[string]any, at string) (found []Finding) {
	var broken []violation
	j.webhooks[name].check(fields, at, &broken)
	for _, v := range broken {
		found = append(found, v.finding("the body of "+name+" breaks its schema"))
	}
	return found
}

// IsSigned reports whether a webhook carries a signature, in any header or parameter: the vendor says that there is one to verify (D), and its
// page breaks off before it says where.
func IsSigned(e *exchange.Exchange) bool {
	named := func(name string) bool {
		name = strings.ToLower(name)
		return slices.ContainsFunc([]string{"signature", "hmac", "digest", "sign"}, func(word string) bool { return strings.Contains(name, word) })
	}
	for name, values := range e.Sent {
		if named(name) && strings.Join(values, "") != "" {
			return true
		}
	}
	for name := range strings.SplitSeq(e.Request.Query, "&") {
		if key, value, _ := strings.Cut(name, "="); named(key) && value != "" {
			return true
		}
	}
	return false
}

// clockSkew is the largest difference between the timestamp of a signature and the clock of the suite.
const clockSkew = 5 * time.Minute

// A Signer has the secret with which the target signs webhooks to one address.
type Signer struct {
	Secret string
	Target string // path and query of the address, as it is registered
}

// Signature judges the signature of a webhook. It may be made like that of a request, with X-Timestamp (I), or as Standard Webhooks 1.0 says. If there are several
// signatures in a header, one must be right.
func (s *Signer) Signature(e *exchange.Exchange) (found []Finding) {
	awal, standard := e.Sent.Get(exchange.HeaderSignature), e.Sent.Get(exchange.HeaderStandardSignature)
	if awal == "" && standard == "" {
		return []Finding{{Text: "a webhook has no signature that the suite can verify", Expected: exchange.HeaderSignature + ", or the headers of Standard Webhooks", Actual: "neither"}}
	}
	if awal != "" {
		stamp := e.Sent.Get(exchange.HeaderTimestamp)
		found = append(found, judgeStamp(e, exchange.HeaderTimestamp, stamp)...)
		var right []string
		for _, target := range []string{s.Target, e.Request.Path + exchange.QuestionMark(e.Request.Query)} { // a proxy may have removed a part
			right = append(right, "sha256="+exchange.Digest(s.Secret, e.Request.Method+target+stamp+string(e.Body)))
		}
		found = append(found, oneRight(exchange.HeaderSignature, strings.Split(awal, ","), right)...)
	}
	if standard != "" {
		stamp := e.Sent.Get(exchange.HeaderStandardTimestamp)
		found = append(found, judgeStamp(e, exchange.HeaderStandardTimestamp, stamp)...)
		right := "v1," + exchange.StandardDigest(s.Secret, e.Sent.Get(exchange.HeaderStandardID)+"."+stamp+"."+string(e.Body))
		found = append(found, oneRight(exchange.HeaderStandardSignature, strings.Fields(standard), []string{right})...)
	}
	return found
}

func oneRight(header string, given, right []string) []Finding {
	for _, signature := range given {
		if slices.Contains(right, strings.TrimSpace(signature)) {
			return nil
		}
	}
	return []Finding{{Text: "the signature of a webhook is wrong", Expected: header + " made with the secret over what was sent", Actual: "another one"}}
}

func judgeStamp(e *exchange.Exchange, header, stamp string) []Finding {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return []Finding{{Text: "the timestamp of a webhook's signature is not a time", Expected: header + " with Unix seconds", Actual: printable.Brief(stamp)}}
	}
	if age := e.Asked.Sub(time.Unix(seconds, 0)); age > clockSkew || age < -clockSkew {
		return []Finding{{Text: "the timestamp of a webhook's signature is not the current time", Expected: "within " + clockSkew.String() + " of " + e.Asked.UTC().Format(time.RFC3339), Actual: time.Unix(seconds, 0).UTC().Format(time.RFC3339)}}
	}
	return nil
}
