package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// webhookMutants need the capabilities webhooks and control.
func webhookMutants() []mutant {
	return slices.Concat(challengeMutants(), eventMutants(), webhookFormMutants(), againMutants())
}

func challengeMutants() []mutant {
	return []mutant{
		{"an address is registered without a challenge", "WEBHOOK-CHALLENGE", relayed(func(d *delivery) reply {
			if d.isChallenge() {
				return reply{http.StatusOK, encoded(row{"challenge": d.fields()["challenge"]})}
			}
			return d.forward()
		})},
		{"a challenge without its type", "WEBHOOK-CHALLENGE", challenged(func(fields row) { delete(fields, "type") })},
		{"a challenge that is a number", "WEBHOOK-CHALLENGE", challenged(func(fields row) { fields["challenge"] = 7 })},
		{"the same challenge each time", "WEBHOOK-CHALLENGE-RANDOM", challenged(func(fields row) { fields["challenge"] = "random_string_here" })},
		{"another challenge passes", "WEBHOOK-CHALLENGE-WRONG", credulous(func(got reply, challenge string) bool { return got.status == http.StatusOK && challenge != "" })},
		{"no challenge passes", "WEBHOOK-CHALLENGE-WRONG", credulous(func(got reply, challenge string) bool { return got.status == http.StatusOK && challenge == "" })},
		{"a challenge that was answered with 500 passes", "WEBHOOK-CHALLENGE-WRONG", credulous(func(got reply, _ string) bool { return got.status == http.StatusInternalServerError })},
	}
}

// eventMutants leave events out, send them to the wrong receiver, or say something else than a read.
func eventMutants() []mutant {
	plusOne := func(data row, name string) { data[name] = count(data[name]) + 1 }
	return []mutant{
		{"no event for a customer's message", "WEBHOOK-RECEIVED", withoutEvents(ofEvent("message.received"))},
		{"no event for a status", "WEBHOOK-STATUS", withoutEvents(ofEvent("message.status.updated"))},
		{"no event for delivered", "WEBHOOK-STATUS", withoutEvents(ofStatus("delivered"))},
		{"no event for read", "WEBHOOK-STATUS", withoutEvents(ofStatus("read"))},
		{"no event for sent", "WEBHOOK-STATUS", withoutEvents(ofStatus("sent"))},
		{"no event for a new conversation", "WEBHOOK-CREATED", withoutEvents(ofEvent("conversation.created"))},
		{"no event for a closed conversation", "WEBHOOK-UPDATED", withoutEvents(ofEvent("conversation.updated"))},
		{"a customer's text is cut", "WEBHOOK-AGREES", saying("message.received", func(data row) { data["body"] = text(data["body"])[:5] })},
		{"a customer's text is escaped twice", "WEBHOOK-AGREES", saying("message.received", func(data row) { data["body"] = strings.ReplaceAll(text(data["body"]), "&", "&amp;") })},
		{"an event says another conversation of a customer's message", "WEBHOOK-AGREES", saying("message.received", func(data row) { plusOne(data, "conversation_id") })},
		{"sender and receiver are swapped", "WEBHOOK-AGREES", saying("message.received", func(data row) { data["from"], data["to"] = data["to"], data["from"] })},
		{"an event says that a customer's text is an image", "WEBHOOK-AGREES", saying("message.received", func(data row) { data["type"] = "image" })},
		{"an event says read for delivered", "WEBHOOK-AGREES", saying("message.status.updated", func(data row) {
			if data["status"] == "delivered" {
				data["status"] = "read"
			}
		})},
		{"a status of another message", "WEBHOOK-AGREES", saying("message.status.updated", func(data row) { data["message_id"] = text(data["message_id"]) + "A" })},
		{"a status that was reached an hour ago", "WEBHOOK-AGREES", saying("message.status.updated", earlier("timestamp"))},
		{"another conversation began", "WEBHOOK-AGREES", saying("conversation.created", func(data row) { plusOne(data, "conversation_id") })},
		{"a conversation with another phone began", "WEBHOOK-AGREES", saying("conversation.created", func(data row) { data["phone_number"] = "966000000000" })},
		{"a conversation began an hour ago", "WEBHOOK-AGREES", saying("conversation.created", earlier("created_at"))},
		{"a customer's message came to another number", "WEBHOOK-AGREES", saying("message.received", func(data row) { data["to"] = "966000000000" })},
		{"a conversation with another contact began", "WEBHOOK-AGREES", saying("conversation.created", func(data row) { plusOne(data, "contact_id") })},
		{"a conversation was closed an hour ago", "WEBHOOK-AGREES", saying("conversation.updated", earlier("updated_at"))},
		{"an event is dated an hour before what it is about", "WEBHOOK-AGREES", events(func(d *delivery) reply {
			d.rewrite(func(fields, _ row) { earlier("timestamp")(fields) })
			return d.forward()
		})},
		{"an event says a status of a message that was never sent", "WEBHOOK-AGREES", events(func(d *delivery) reply {
			got := d.forward()
			if d.event() == "conversation.created" {
				d.rewrite(func(fields, data row) {
					fields["event"], fields["data"] = "message.status.updated", row{"message_id": "wamid.never-sent", "status": "sent", "timestamp": data["created_at"]}
				})
				d.forward()
			}
			return got
		})},
		{"an event says that a closed conversation is open", "WEBHOOK-AGREES", saying("conversation.updated", func(data row) { data["closed"] = false })},
		{"events go to the receivers of all workspaces", "WEBHOOK-ISOLATION", events(func(d *delivery) reply {
			for _, other := range d.others {
				d.forwardTo(other, http.MethodPost)
			}
			return d.forward()
		})},
		{"an event goes to the receiver of another workspace now and then", "WEBHOOK-ISOLATION", events(func(d *delivery) reply {
			if len(d.others) > 0 && d.event() == "message.received" {
				d.forwardTo(d.others[len(d.others)-1], http.MethodPost)
			}
			return d.forward()
		})},
		{"the last receiver gets the events of all workspaces", "WEBHOOK-ISOLATION", func(w *target, next http.Handler) http.Handler {
			var last atomic.Pointer[delivery]
			return relayed(func(d *delivery) reply {
				if d.isChallenge() {
					last.Store(d)
					return d.forward()
				}
				d.forwardTo(last.Load().to, http.MethodPost)
				return d.forward()
			})(w, next)
		}},
	}
}

// earlier sets a time an hour back.
func earlier(property string) func(data row) {
	return func(data row) {
		if at, err := time.Parse(time.RFC3339, text(data[property])); err == nil {
			data[property] = at.Add(-time.Hour).Format(time.RFC3339)
		}
	}
}

// webhookFormMutants write or sign webhooks wrongly.
func webhookFormMutants() []mutant {
	rewritten := func(change func(d *delivery)) change {
		return events(func(d *delivery) reply {
			change(d)
			d.sign()
			return d.forward()
		})
	}
	return []mutant{
		{"events are sent with PUT", "WEBHOOK-REQUEST", events(func(d *delivery) reply { return d.forwardTo(d.to, http.MethodPut) })},
		{"events are sent as text", "WEBHOOK-REQUEST", headed(func(d *delivery) { d.header.Set("Content-Type", "text/plain") })},
		{"events begin with a byte order mark", "WEBHOOK-REQUEST", rewritten(func(d *delivery) { d.body = append([]byte("\ufeff"), d.body...) })},
		{"events have a key twice", "WEBHOOK-REQUEST", rewritten(func(d *delivery) { d.body = append([]byte(`{"event":"x",`), d.body[1:]...) })},
		{"events are form fields", "WEBHOOK-REQUEST", rewritten(func(d *delivery) { d.body = append([]byte("payload="), d.body...) })},
		{"an event without its time", "WEBHOOK-PAYLOAD", events(func(d *delivery) reply {
			d.rewrite(func(fields, _ row) { delete(fields, "timestamp") })
			return d.forward()
		})},
		{"the data of an event beside its name", "WEBHOOK-PAYLOAD", events(func(d *delivery) reply {
			d.rewrite(func(fields, data row) {
				for name, value := range data {
					fields[name] = value
				}
				delete(fields, "data")
			})
			return d.forward()
		})},
		{"a conversation's id as text", "WEBHOOK-PAYLOAD", saying("message.received", func(data row) { data["conversation_id"] = strconv.FormatInt(count(data["conversation_id"]), 10) })},
		{"a status in capitals", "WEBHOOK-PAYLOAD", saying("message.status.updated", func(data row) { data["status"] = strings.ToUpper(text(data["status"])) })},
		{"a time without offset", "WEBHOOK-PAYLOAD", saying("conversation.created", func(data row) { data["created_at"] = strings.TrimSuffix(text(data["created_at"]), "Z") })},
		{"an update without the conversation's id", "WEBHOOK-PAYLOAD", saying("conversation.updated", func(data row) { delete(data, "conversation_id") })},
		{"events are not signed", "WEBHOOK-SIGNED", headed(func(d *delivery) { d.header.Del("X-Awal-Signature-256") })},
		{"one kind of event is not signed", "WEBHOOK-SIGNED", headed(func(d *delivery) {
			if d.event() == "conversation.updated" {
				d.header.Del("X-Awal-Signature-256")
			}
		})},
		{"events with an empty signature", "WEBHOOK-SIGNED", headed(func(d *delivery) { d.header.Set("X-Awal-Signature-256", "") })},
		{"events signed with another secret", "WEBHOOK-SIGNATURE", headed(func(d *delivery) { d.signAs("another-secret", d.to.RequestURI()) })},
		{"events with a digit of the signature changed", "WEBHOOK-SIGNATURE", troubled("badly_signed", true)},
		{"events changed after they were signed", "WEBHOOK-SIGNATURE", headed(func(d *delivery) { d.body = append(d.body, ' ') })},
		{"events signed without their path", "WEBHOOK-SIGNATURE", headed(func(d *delivery) { d.signAs(d.secret, "") })},
		{"events signed an hour ago", "WEBHOOK-SIGNATURE", troubled("old_timestamp", true)},
		{"events without the time of their signature", "WEBHOOK-SIGNATURE", headed(func(d *delivery) { d.header.Del("X-Timestamp") })},
		{"events without ids", "WEBHOOK-EVENT-ID", headed(func(d *delivery) { d.header.Del("X-Awal-Event-Id") })},
		{"all events have the same id", "WEBHOOK-EVENT-ID", headed(func(d *delivery) { d.header.Set("X-Awal-Event-Id", "1") })},
	}
}

// againMutants send events too often, not often enough, or in another order.
func againMutants() []mutant {
	return []mutant{
		{"what failed never comes again", "WEBHOOK-RETRY", givenUp("")},
		{"a customer's message that failed never comes again", "WEBHOOK-RETRY", givenUp("message.received")},
		{"a change of a conversation that failed never comes again", "WEBHOOK-RETRY", givenUp("conversation.updated")},
		{"another id each time", "WEBHOOK-RETRY-SAME", newIDs()},
		{"what comes again has no id", "WEBHOOK-RETRY-SAME", reheaded(func(d *delivery) { d.header.Del("X-Awal-Event-Id") })},
		{"the id says that it is another attempt", "WEBHOOK-RETRY-SAME", reheaded(func(d *delivery) { d.header.Set("X-Awal-Event-Id", d.header.Get("X-Awal-Event-Id")+".2") })},
		{"what comes again says something else", "WEBHOOK-RETRY-SAME", retold(func(fields, _ row) { fields["timestamp"] = "2030-01-01T00:00:00Z" })},
		{"what comes again says that it does", "WEBHOOK-RETRY-SAME", retold(func(_, data row) { data["body"] = "(again) " + text(data["body"]) })},
		{"each event is sent twice", "WEBHOOK-ONCE", troubled("twice", true)},
		{"each event is sent twice, with another id", "WEBHOOK-ONCE", events(func(d *delivery) reply {
			got := d.forward()
			d.header.Set("X-Awal-Event-Id", d.header.Get("X-Awal-Event-Id")+"-2")
			d.forward()
			return got
		})},
		{"an event that was accepted is sent again the next time", "WEBHOOK-ONCE", repeatedLater()},
		{"events are swapped", "WEBHOOK-ORDER", troubled("out_of_order", true)},
		{"the newest event is sent first", "WEBHOOK-ORDER", newestFirst()},
		{"others overtake an event that failed", "WEBHOOK-ORDER", overtaken()},
	}
}

// newIDs gives each attempt an id of its own.
func newIDs() change {
	var n atomic.Int64
	return events(func(d *delivery) reply {
		d.header.Set("X-Awal-Event-Id", strconv.FormatInt(n.Add(1), 10))
		return d.forward()
	})
}

// givenUp takes every answer to events of a name for right; "" means all names.
func givenUp(name string) change {
	return events(func(d *delivery) reply {
		got := d.forward()
		if name == "" || d.event() == name {
			return accepted()
		}
		return got
	})
}

// retold changes what an event says from its second attempt on.
func retold(change func(fields, data row)) change {
	return reheaded(func(d *delivery) { d.rewrite(change) })
}

// reheaded changes an event from its second attempt on.
func reheaded(change func(d *delivery)) change {
	return func(w *target, next http.Handler) http.Handler {
		var tried sync.Map
		return events(func(d *delivery) reply {
			if _, again := tried.LoadOrStore(d.header.Get("X-Awal-Event-Id"), true); again {
				change(d)
			}
			return d.forward()
		})(w, next)
	}
}

// repeatedLater sends each event once more when the next one of its workspace is sent.
func repeatedLater() change {
	return func(w *target, next http.Handler) http.Handler {
		var before sync.Map
		return events(func(d *delivery) reply {
			if last, there := before.Swap(d.workspace, d); there {
				last.(*delivery).forward()
			}
			return d.forward()
		})(w, next)
	}
}

// newestFirst holds two messages of a workspace back until a third one comes, and sends them after it.
func newestFirst() change {
	return func(w *target, next http.Handler) http.Handler {
		var mu sync.Mutex
		held := map[string][]*delivery{}
		return events(func(d *delivery) reply {
			if d.event() != "message.received" {
				return d.forward()
			}
			mu.Lock()
			defer mu.Unlock()
			if waiting := held[d.workspace]; len(waiting) < 2 {
				held[d.workspace] = append(waiting, d)
				return accepted()
			}
			got := d.forward()
			for _, one := range held[d.workspace] {
				one.forward()
			}
			delete(held, d.workspace)
			return got
		})(w, next)
	}
}

// reindented writes a body over several lines, with its keys in the order of the alphabet.
func reindented(body []byte) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, encoded((&answer{body: body}).json()), "\t", "  "); err != nil {
		return body
	}
	return out.Bytes()
}
