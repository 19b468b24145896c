package receiver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
)

// awkward is text that a receiver may read wrongly: Arabic, emoji of several code points, quotes, a line feed, characters that HTML escapes.
const awkward = "مرحبا 👩‍👩‍👧 \"quoted\" <b>&amp;</b>\n\\ 'single' é"

// checked are the scenarios about the check of the address.
func checked() []scenario {
	return []scenario{
		{id: "RECEIVER-CHALLENGE", title: "the challenge comes back with 200", webhook: document.Verification, run: func(t *trial) { t.challenge("c-" + t.generator.newID()) }},
		{id: "RECEIVER-CHALLENGE.unchanged", title: "a challenge with spaces, quotes, zeros and Arabic comes back unchanged", webhook: document.Verification, run: func(t *trial) {
			t.challenge("007 " + awkward + strings.Repeat("x", 500) + t.generator.newID())
		}},
		{id: "RECEIVER-CHALLENGE.media-type", title: "the challenge comes back as application/json", webhook: document.Verification, run: func(t *trial) {
			a := t.deliver(t.signed(document.Verification, verification("c-"+t.generator.newID())), accept)
			if a != nil && a.accepted() && a.mediaType() != "application/json" {
				t.fail("the answer to the challenge has another content type", "application/json", fmt.Sprintf("%q", a.answers.Get("Content-Type")), a)
			}
		}},
		{id: "RECEIVER-CHALLENGE-WRONG.missing", title: "a check without a challenge does not pass", webhook: document.Verification, run: func(t *trial) {
			t.wrongChallenge("a check without a challenge", encode(object{"type": document.Verification}))
		}},
		{id: "RECEIVER-CHALLENGE-WRONG.number", title: "a check whose challenge is a number does not pass", webhook: document.Verification, run: func(t *trial) {
			t.wrongChallenge("a check whose challenge is a number", encode(object{"type": document.Verification, "challenge": 7}))
		}},
	}
}

func verification(challenge string) []byte {
	return encode(object{"type": document.Verification, "challenge": challenge})
}

// challenge sends a challenge, which has to come back.
func (t *trial) challenge(text string) {
	a := t.deliver(t.signed(document.Verification, verification(text)), accept)
	if a == nil {
		return
	}
	var got struct{ Challenge any }
	switch err := json.Unmarshal(a.body, &got); {
	case a.err != nil || a.status != http.StatusOK:
		t.fail("the challenge is not answered with 200", "200 with the challenge", a.String(), a)
	case err != nil:
		t.fail("the answer to the challenge is no JSON object", `{"challenge": "…"}`, fmt.Sprintf("%.80q", a.body), a)
	case got.Challenge != text:
		t.fail("another challenge comes back", fmt.Sprintf("%.80q", text), fmt.Sprintf("%.80q", fmt.Sprint(got.Challenge)), a)
	}
}

// wrongChallenge sends a check that is none: there is no challenge to answer.
func (t *trial) wrongChallenge(what string, body []byte) {
	a := t.deliver(t.signed(document.Verification, body), free)
	if a == nil {
		return
	}
	var got object
	_ = json.Unmarshal(a.body, &got) // what is no object shows no challenge
	if _, passed := got["challenge"]; a.accepted() && passed {
		t.fail(what+" is answered with a challenge", "4xx, or no challenge", a.String(), a)
	}
	if a.status >= http.StatusInternalServerError || a.status == 0 {
		t.fail(what+" is answered with a server error", "4xx", a.String(), a)
	}
}

// taken are the scenarios of what has to be accepted, with any events of the document.
func (m *generator) taken() (out []scenario) {
	for _, name := range m.events() {
		out = append(out, scenario{id: "RECEIVER-ACCEPTS." + name, title: "a rightly signed " + name + " is accepted", webhook: name, run: func(t *trial) {
			t.accepted(t.event(name, nil), "a rightly signed "+name)
		}})
	}
	plain := func(id, title, what string, make func(*trial) *delivery) scenario {
		return scenario{id: id, title: title, run: func(t *trial) { t.accepted(make(t), what) }}
	}
	return append(out,
		plain("RECEIVER-ACCEPTS.text", "Arabic, emoji, quotes and a line feed are accepted", "a message with Arabic, emoji, quotes and a line feed", func(t *trial) *delivery {
			return t.event(messageReceived, object{"body": awkward})
		}),
		plain("RECEIVER-RAW-BODY.spaces", "JSON over several lines is accepted", "a body that is written over several lines, rightly signed,", func(t *trial) *delivery {
			return t.rewritten(spread)
		}),
		plain("RECEIVER-RAW-BODY.escapes", "JSON with other escapes is accepted", `a body with \u and \/ escapes, rightly signed,`, func(t *trial) *delivery {
			return t.rewritten(escaped)
		}),
		plain("RECEIVER-HEADER-CASE", "header names in small letters are accepted", "a request with header names in small letters", func(t *trial) *delivery {
			return t.forged(signing{lower: true})
		}),
		plain("RECEIVER-UNKNOWN-FIELD", "fields that no page names are accepted", "an event with unknown fields", func(t *trial) *delivery { return t.withUnknownFields() }),
		plain("RECEIVER-ROTATION.first", "the first of two signatures is right", "an event with two signatures, of which the first is right,", func(t *trial) *delivery {
			return t.forged(signing{secrets: []string{t.client.secret, otherSecret}})
		}),
		plain("RECEIVER-ROTATION.second", "the second of two signatures is right", "an event with two signatures, of which the second is right,", func(t *trial) *delivery {
			return t.forged(signing{secrets: []string{otherSecret, t.client.secret}})
		}),
		plain("RECEIVER-UNKNOWN-EVENT", "an event of another name is accepted", "an unknown event", func(t *trial) *delivery {
			return t.signed("", encode(object{"event": "suite.unknown", "timestamp": t.client.now().UTC().Format(time.RFC3339), "data": object{"id": 1}}))
		}),
		plain("RECEIVER-UNKNOWN-WORD.type", "an unknown kind of message is accepted", "a message of an unknown kind", func(t *trial) *delivery {
			return t.event(messageReceived, object{"type": "hologram"})
		}),
		plain("RECEIVER-UNKNOWN-WORD.status", "an unknown status is accepted", "an unknown status", func(t *trial) *delivery {
			return t.event(messageStatus, object{fieldStatus: "deferred"})
		}),
		plain("RECEIVER-LARGE", "an event of 3 MB is accepted", "an event of 3 MB", func(t *trial) *delivery {
			return t.event(messageReceived, object{"body": strings.Repeat("0123456789abcdef", largeEvent/16)})
		}),
	)
}

const largeEvent = 3 << 20 // bytes

// rewritten is a message whose JSON is written otherwise before it is signed.
func (t *trial) rewritten(how func([]byte) []byte) *delivery {
	d := t.event(messageReceived, object{"body": awkward})
	if d != nil {
		d.body = how(d.body)
	}
	return d
}

func (t *trial) withUnknownFields() *delivery {
	d := t.event(messageReceived, object{"suite_unknown": []any{object{"a": 1}}})
	if d != nil {
		d.body = append([]byte(`{"suite_unknown":{"nested":[1,null]},`), d.body[1:]...)
	}
	return d
}

// malformed are rightly signed bodies that are no event.
func malformed() (out []scenario) {
	for _, c := range []struct{ name, what, body string }{
		{"no-json", "a body that is no JSON", "event=message.received"},
		{"cut", "JSON that is cut off", `{"event":"message.received","data":{`},
		{"empty", "an empty body", ""},
		{"null", "the JSON value null", "null"},
		{"no-data", "an event without data", `{"event":"message.received"}`},
	} {
		out = append(out, scenario{id: "RECEIVER-MALFORMED." + c.name, title: c.what + " is not answered with 5xx", run: func(t *trial) {
			a := t.deliver(t.signed("", []byte(c.body)), free)
			if a != nil && (a.status >= 500 || a.status == 0) {
				t.fail(c.what+" is answered with a server error", "4xx or 2xx", a.String(), a)
			}
		}})
	}
	return out
}
