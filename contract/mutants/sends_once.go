package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// onceMutants are about what comes back of a send: once, as it was, with ids of its own, and nowhere else.
func onceMutants() []mutant {
	return []mutant{
		{"each button message is stored twice", "SEND-BUTTON-APPEARS", sentAgain("button")},
		{"each location is stored twice", "SEND-LOCATION-APPEARS", sentAgain("location")},
		{"latitude and longitude are exchanged", "SEND-LOCATION-APPEARS", contentOfKind("location", func(s string) string {
			one, other, _ := strings.Cut(s, ",")
			return other + "," + one
		})},
		{"captions of videos are lost", "SEND-MEDIA-APPEARS", contentOfKind("video", func(string) string { return "https://example.com/video.mp4" })},
		{"line feeds of captions are lost", "SEND-MEDIA-APPEARS", contentOfKind("image", func(s string) string { return strings.ReplaceAll(s, "\n", " ") })},
		{"captions of documents that are uploaded are lost", "SEND-MEDIA-APPEARS", writing(sendOf("media"), func(_ *target, _ *http.Request, f *written) {
			if f.media != "application/json" && f.fields["type"] == "document" {
				f.forget("caption")
			}
		}, nil)},
		{"audio is shown as a document", "SEND-MEDIA-APPEARS", shownAs("audio", "document")},
		{"stickers are shown as pictures", "SEND-MEDIA-APPEARS", shownAs("sticker", "image")},
		{"each reply refused", "SEND-REPLY-TO", refuses("text", containing(`"reply_to":`))},
		{"the text of a reply is lost", "SEND-REPLY-TO", writing(sendOf("text"), func(_ *target, _ *http.Request, f *written) {
			if f.has("reply_to") {
				f.set("body", "…")
			}
		}, nil)},
		{"values of templates are escaped", "SEND-TEMPLATE-APPEARS", contentOfKind("template", func(s string) string { return strings.ReplaceAll(s, "<", "&lt;") })},
		{"the answer to a list message has another id", "SEND-LIST-APPEARS", sentAnswer("list", func(m row) { m["id"] = count(m["id"]) + 1_000_000 })},
		{"all messages have one messageId", "SEND-ID-AGREES", sentAnswer("text", func(m row) { m["messageId"] = "wamid.same" })},
		{"locations are not in the status list", "SEND-STATUS-POLL", withoutStatus("location")},
		{"a name that is sent later replaces that of the contact", "SEND-NEW-CONTACT", renaming(sendOf("text"))},
		{"a button message is shown by another conversation too", "SEND-BUTTON-APPEARS", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			if len(rows) > 1 && rows[0]["last_message_type"] == "button" {
				rows[1]["last_message"] = rows[0]["last_message"]
			}
		})},
		{"the row of a list message is that of a text", "SEND-LIST-APPEARS", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if r["last_message_type"] == "list" {
					r["last_message_type"] = "text"
				}
			}
		})},
	}
}

// sentAgain sends everything of a kind twice.
func sentAgain(kind string) change {
	return writing(sendOf(kind), nil, func(w *target, r *http.Request, sent *written, a *answer) {
		if a.status == http.StatusOK {
			w.do(r, r.Method, w.path(r)+"?"+r.URL.RawQuery, r.Header.Get("Content-Type"), string(sent.body()))
		}
	})
}

// contentOfKind changes what outbound messages of a kind show.
func contentOfKind(kind string, to func(string) string) change {
	return sentTexts(func(m row) {
		if m["type"] == kind {
			m["content"] = to(text(m["content"]))
		}
	})
}

// shownAs shows outbound messages of one type as those of another one.
func shownAs(kind, other string) change {
	return sentTexts(func(m row) {
		if m["type"] == kind {
			m["type"] = other
		}
	})
}

// sentAnswer changes the message in the answers to sends of a kind.
func sentAnswer(kind string, edit func(m row)) change {
	return commands(sendOf(kind), func(_ *target, _ string, a *answer) {
		object := a.json()
		if m, ok := object["message"].(map[string]any); ok {
			edit(m)
			a.set(object)
		}
	})
}

// withoutStatus leaves out of the status list what was sent of a kind.
func withoutStatus(kind string) change {
	return func(w *target, next http.Handler) http.Handler {
		var hidden sync.Map
		hiding := sentAnswer(kind, func(m row) { hidden.Store(m["id"], true) })
		return both(hiding, statusLists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			object["data"] = fromRows(slices.DeleteFunc(rows, func(r row) bool {
				_, ok := hidden.Load(r["message_id"])
				return ok
			}))
		}))(w, next)
	}
}

// renaming gives a contact the name that comes with a message.
func renaming(fits func(w *target, r *http.Request) bool) change {
	return writing(fits, nil, func(w *target, r *http.Request, sent *written, a *answer) {
		name := text(sent.fields["name"])
		if name == "" || a.status != http.StatusOK {
			return
		}
		for _, known := range rowsOf(w.inner(string(contactsPath), url.Values{"searchTerm": {text(sent.fields["phone"])}}, w.named(r)).json()) {
			w.do(r, http.MethodPatch, string(contactsPath)+"/"+id(known), urlEncoded, url.Values{"name": {name}}.Encode())
		}
	})
}
