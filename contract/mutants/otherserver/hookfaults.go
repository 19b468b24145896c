package otherserver

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hookFaults are what can be wrong with webhooks, by kind.
func hookFaults() map[string][]string {
	return map[string][]string{
		"webhooks: unsigned": {"webhooks have no signature", "webhooks have an empty signature", "only the first webhook of a conversation is signed"},
		"webhooks: wrongly signed": {
			"webhooks are signed with the other workspace's secret", "webhooks are signed without their time", "webhooks change after they were signed",
			"webhooks are signed in hexadecimal", "the time of a webhook's signature is in milliseconds",
		},
		"webhooks: what they say": {
			"webhooks lose line feeds", "events are one status ahead", "the phone of a new conversation has a plus", "a received message has the id of its conversation",
			"times of webhooks are an hour late", "events say that a closed conversation is open", "a text that is refused begins a conversation in an event",
		},
		"webhooks: never again":        {"a webhook that failed is never sent again", "only failed connections are tried again", "received messages are never sent again"},
		"webhooks: other ids":          {"each attempt has an id of its own", "the id ends in the number of the attempt", "the second attempt has no id"},
		"webhooks: order":              {"webhooks are sent newest first", "webhooks are sent side by side", "a webhook that failed is overtaken"},
		"webhooks: doubled":            {"each webhook is sent twice", "an accepted webhook is sent again later", "received messages are sent twice with two ids"},
		"webhooks: workspaces":         {"webhooks go to the addresses of all workspaces", "the newest address gets the webhooks of all workspaces", "received messages go to the oldest address"},
		"webhooks: challenge not sent": {"an address gets no challenge", "challenges have another type", "challenges are all the same"},
		"webhooks: wrong challenge":    {"any answer to a challenge passes", "any 200 passes", "a challenge in any answer passes"},
	}
}

// signHook signs a webhook as Standard Webhooks 1.0 says: HMAC-SHA256 in base64 over id, time and body.
func (s *Server) signHook(w *workspace, r *http.Request, id string, body []byte, n []int) {
	seconds := strconv.FormatInt(time.Now().Unix(), 10)
	signed := id + "." + seconds + "." + string(body)
	secret := w.secret
	switch s.options.Fault {
	case "webhooks are signed with the other workspace's secret":
		secret = s.workspaces[1].secret
	case "webhooks are signed without their time":
		signed = id + "." + string(body)
	case "webhooks change after they were signed":
		signed = id + "." + seconds + "." + string(bytes.TrimRight(body, "}")) + " }"
	case "the time of a webhook's signature is in milliseconds":
		seconds += "000"
		signed = id + "." + seconds + "." + string(body)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	signature := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if s.has("webhooks are signed in hexadecimal") {
		signature = "v1," + hex.EncodeToString(mac.Sum(nil))
	}
	r.Header["webhook-timestamp"], r.Header["webhook-signature"] = []string{seconds}, []string{signature}
	if id != "" {
		r.Header["webhook-id"] = []string{id}
	}
	switch {
	case s.has("webhooks have no signature"), s.has("only the first webhook of a conversation is signed") && len(n) > 0 && n[0] > 1:
		delete(r.Header, "webhook-signature")
	case s.has("webhooks have an empty signature"):
		r.Header["webhook-signature"] = []string{""}
	}
}

// bodyOfHook is an event as it is sent, with more than the vendor names.
func (s *Server) bodyOfHook(e *hooked) object {
	return object{{"data", e.data}, {"timestamp", stamp(e.at)}, {"event", e.name}, {"source", "gateway"}}
}

// misspoken is what an event says: the truth, unless the server has a fault.
func (s *Server) misspoken(name string, data object) object {
	out := slices.Clone(data)
	value := func(property string) *any {
		for i := range out {
			if out[i].name == property {
				return &out[i].value
			}
		}
		return new(any)
	}
	switch s.options.Fault {
	case "webhooks lose line feeds":
		if text, ok := (*value("body")).(string); ok {
			*value("body") = strings.ReplaceAll(text, "\n", " ")
		}
	case "events are one status ahead":
		if next := map[any]any{"sent": "delivered", "delivered": "read"}[*value("status")]; next != nil && name == "message.status.updated" {
			*value("status") = next
		}
	case "the phone of a new conversation has a plus":
		if name == "conversation.created" {
			*value("phone_number") = "+" + (*value("phone_number")).(string)
		}
	case "a received message has the id of its conversation":
		if name == "message.received" {
			*value("message_id") = "wamid.OTHER"
		}
	case "times of webhooks are an hour late":
		for _, property := range []string{"timestamp", "created_at"} {
			if text, ok := (*value(property)).(string); ok {
				if at, err := time.Parse(time.RFC3339, text); err == nil {
					*value(property) = stamp(at.Add(time.Hour))
				}
			}
		}
	case "events say that a closed conversation is open":
		if name == "conversation.updated" {
			*value("closed") = false
		}
	}
	return out
}

// idOf is the id of the next attempt.
func (s *Server) idOf(e *hooked) string {
	attempt := strconv.Itoa(e.tries + 1)
	switch {
	case s.has("each attempt has an id of its own"):
		return attempt + "-" + e.id
	case s.has("the id ends in the number of the attempt"):
		return e.id + "#" + attempt
	case s.has("the second attempt has no id") && e.tries > 0:
		return ""
	}
	return e.id
}

// neverAgain reports whether a server with a fault gives an event up.
func (s *Server) neverAgain(e *hooked, status int) bool {
	return s.has("a webhook that failed is never sent again") || s.has("only failed connections are tried again") && status != 0 ||
		s.has("received messages are never sent again") && e.name == "message.received"
}

// sendsTwice reports whether a server with a fault sends an event again that was accepted.
func (s *Server) sendsTwice() bool {
	return s.has("each webhook is sent twice") || s.has("an accepted webhook is sent again later")
}
