package webhook

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// The headers of a webhook. All are inferred (I): the vendor's page breaks off before it names any.
const (
	HeaderSignature = "X-Awal-Signature-256"
	HeaderTimestamp = "X-Timestamp"
	HeaderEventID   = "X-Awal-Event-Id"
)

// A Signature says which headers sign a webhook.
type Signature struct{ Awal, Standard bool }

// ParseSignature reads awal, standard or both.
func ParseSignature(word string) (Signature, error) {
	switch word {
	case "awal":
		return Signature{Awal: true}, nil
	case "standard":
		return Signature{Standard: true}, nil
	case "both":
		return Signature{Awal: true, Standard: true}, nil
	}
	return Signature{}, fmt.Errorf("must be awal, standard or both, not %q", word)
}

// ParseRetries reads durations with commas between, such as 5s,30s,2m; off is none.
func ParseRetries(text string) ([]time.Duration, error) {
	if text == "off" {
		return nil, nil
	}
	var list []time.Duration
	for item := range strings.SplitSeq(text, ",") {
		d, err := time.ParseDuration(strings.TrimSpace(item))
		if err != nil || d < 0 || len(list) == mostRetries {
			return nil, fmt.Errorf("must be off, or at most %d durations such as 5s,30s,2m, not %q", mostRetries, text)
		}
		list = append(list, d)
	}
	return list, nil
}

const mostRetries = 20

// A message is what is signed.
type message struct {
	target string // path and query, as in the request line
	id     string
	at     time.Time
	body   []byte
}

// headers are those of a message, signed with each key: as the vendor's requests are (I), and as Standard Webhooks 1.0 says.
func (s Signature) headers(m message, keys []*signature.Key) http.Header {
	timestamp := strconv.FormatInt(m.at.Unix(), 10)
	h := http.Header{
		"Content-Type": {"application/json"}, http.CanonicalHeaderKey(HeaderEventID): {m.id},
	}
	if s.Awal {
		signed := make([]string, len(keys))
		for i, k := range keys {
			signed[i] = k.Sign(signature.Request{Method: http.MethodPost, Target: m.target, Timestamp: timestamp, Body: m.body})
		}
		h[http.CanonicalHeaderKey(HeaderTimestamp)] = []string{timestamp}
		h[http.CanonicalHeaderKey(HeaderSignature)] = []string{strings.Join(signed, ", ")}
	}
	if s.Standard {
		signed := make([]string, len(keys))
		for i, k := range keys {
			signed[i] = k.Standard(m.id, timestamp, m.body)
		}
		h["Webhook-Id"] = []string{m.id}
		h["Webhook-Timestamp"] = []string{timestamp}
		h["Webhook-Signature"] = []string{strings.Join(signed, " ")}
	}
	return h
}
