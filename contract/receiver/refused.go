package receiver

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/exchange"
)

const otherSecret = "not-the-secret-of-this-receiver"

const day = 24 * time.Hour

// forgeries are the scenarios of what must not be accepted.
func forgeries() []scenario {
	word, none, empty := "now", "", ""
	simple := func(id, title, what string, s signing) scenario {
		return scenario{id: id, title: title, run: func(t *trial) { t.refused(t.forged(s), what) }}
	}
	out := []scenario{
		simple("RECEIVER-UNSIGNED", "an event without a signature is refused", "an event without a signature", signing{unsigned: true}),
		simple("RECEIVER-UNSIGNED.empty", "an event with an empty signature is refused", "an event with an empty signature", signing{value: &empty}),
		simple("RECEIVER-OTHER-KEY", "another secret's signature is refused", "an event that is signed with another secret", signing{secrets: []string{otherSecret}}),
		simple("RECEIVER-OTHER-KEY.empty", "the signature of an empty secret is refused", "an event that is signed with an empty secret", signing{secrets: []string{""}}),
		simple("RECEIVER-COVERS-TIMESTAMP", "an old signature with a new timestamp is refused", "a signature that is an hour older than its timestamp", signing{signShift: -time.Hour}),
		simple("RECEIVER-TIMESTAMP-OLD", "a timestamp of yesterday is refused", "an event that was signed a day ago", signing{shift: -day}),
		simple("RECEIVER-TIMESTAMP-AHEAD", "a timestamp of tomorrow is refused", "an event whose timestamp is a day ahead", signing{shift: day}),
		simple("RECEIVER-TIMESTAMP-MISSING", "an event without a timestamp is refused", "an event without a timestamp, signed without one,", signing{timestamp: &none, noTimestamp: true}),
		simple("RECEIVER-TIMESTAMP-MISSING.signed", "a timestamp that is signed, but not sent, is refused", "an event without a timestamp, signed over the present one,", signing{noTimestamp: true}),
		simple("RECEIVER-TIMESTAMP-MISSING.word", "a timestamp that is a word is refused", "an event whose timestamp is a word", signing{timestamp: &word}),
		simple("RECEIVER-ROTATION-WRONG", "two wrong signatures are refused", "an event with two wrong signatures", signing{secrets: []string{otherSecret, otherSecret + "-2"}}),
		{id: "RECEIVER-SIGNATURE-WHOLE.prefix", title: "a signature of nothing but its prefix is refused", run: func(t *trial) {
			prefix := t.client.prefix()
			t.refused(t.forged(signing{value: &prefix}), "a signature of nothing but its prefix")
		}},
	}
	for i, tampered := range tamperings() {
		id := "RECEIVER-SIGNATURE-WHOLE." + []string{"first", "middle", "half"}[i]
		out = append(out, simple(id, "a signature with "+tampered.name+" is refused", "a signature with "+tampered.name, signing{tamper: &tampered}))
	}
	return slices.Concat(out, targets(), changed())
}

// targets are signatures for another address than the one that is asked.
func targets() []scenario {
	at := func(id, what string, other func(path, query string) string) scenario {
		return scenario{id: "RECEIVER-COVERS-TARGET." + id, title: what + " is refused", target: true, run: func(t *trial) {
			path, query, _ := strings.Cut(t.client.target(), "?")
			text := other(path, query)
			t.refused(t.forged(signing{target: &text}), what)
		}}
	}
	return []scenario{
		at("path", "a signature that was made for another path", func(path, _ string) string { return path + "-other" }),
		at("query", "a signature that was made for another query", func(path, query string) string {
			if query == "" {
				return path + "?other=1"
			}
			return path
		}),
	}
}

// prefix is what a signature begins with, under the scheme of the run.
func (c *client) prefix() string {
	if c.scheme == SchemeStandard {
		return "v1,"
	}
	return "sha256="
}

// changed are bodies that are not those that were signed.
func changed() (out []scenario) {
	for _, c := range []struct {
		name, what string
		change     func([]byte) []byte
	}{
		{"byte", "a body of which one byte was changed", oneByteChanged},
		{"spaces", "the same JSON with other spaces, and the signature of the original,", spread},
		{"escapes", "the same JSON with other escapes, and the signature of the original,", escaped},
		{"appended", "a body to which a space was added", func(body []byte) []byte { return append(body[:len(body):len(body)], ' ') }},
		{"empty", "no body, with the signature of one,", func([]byte) []byte { return []byte{} }},
	} {
		out = append(out, scenario{id: "RECEIVER-COVERS-BODY." + c.name, title: strings.TrimSuffix(c.what, ",") + " is refused", run: func(t *trial) {
			d := t.event(messageReceived, object{"body": awkward})
			if d != nil {
				original := string(d.body)
				d.sign.body, d.body = &original, c.change(d.body)
			}
			t.refused(d, c.what)
		}})
	}
	return out
}

// messageIDOf is the message that a delivery is about, or was before its body was changed; "" if it is not one message.
func messageIDOf(d *delivery) string {
	var body struct {
		Data struct {
			MessageID string `json:"message_id"`
		}
	}
	if json.Unmarshal(d.body, &body) != nil && (d.sign.body == nil || json.Unmarshal([]byte(*d.sign.body), &body) != nil) {
		return ""
	}
	return body.Data.MessageID
}

// overall are the rules about all that was sent, judged after it.
func overall() []scenario {
	return []scenario{
		{id: "RECEIVER-IN-TIME", title: "every request is answered in time", rule: func(t *trial, all []*answer) {
			for _, a := range all {
				if isLate(a) {
					t.fail("a request is not answered in time", "an answer within "+t.client.patience.String(), a.String(), a)
				}
			}
		}},
		{id: "RECEIVER-REFUSAL", title: "what is not accepted is answered with 4xx", rule: func(t *trial, all []*answer) {
			if !slices.ContainsFunc(all, func(a *answer) bool { return a.sent.wants == refuse }) {
				t.lacks("a request that has to be refused: give its case to --only too")
			}
			for _, a := range all {
				if a.sent.wants == refuse && !a.accepted() && (a.status < http.StatusBadRequest || a.status >= http.StatusInternalServerError) {
					t.fail("a refusal is answered so that the sender tries again", "4xx", a.String(), a)
				}
			}
		}},
		{id: "RECEIVER-NO-SECRET", title: "no answer shows the secret or the right signature", rule: func(t *trial, all []*answer) {
			for _, a := range all {
				if what := t.client.reveals(a); what != "" {
					t.fail("an answer shows "+what, "neither the secret nor the right signature", "it does; it is masked here", a)
				}
			}
		}},
	}
}

const shortestSecret = 8 // characters; a shorter one may be in an answer by chance

// reveals says what an answer shows that must not be shown, or "".
func (c *client) reveals(a *answer) string {
	text := string(a.body)
	for _, values := range a.answers {
		text += "\n" + strings.Join(values, "\n")
	}
	if len(c.secret) >= shortestSecret && strings.Contains(text, c.secret) {
		return "the secret"
	}
	if a.sent.wants != refuse {
		return ""
	}
	for i, name := range []string{"X-Awal-Signature-256", exchange.HeaderStandardSignature} {
		right := c.right(a.sent, a.header)[i]
		sent := valueOf(a.header, name)
		if !strings.Contains(sent, right) && strings.Contains(strings.ToLower(text), strings.ToLower(right)) {
			return "the signature that would have been right"
		}
	}
	return ""
}
