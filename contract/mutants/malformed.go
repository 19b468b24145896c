package main

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// failing is a server that fails for requests that fit.
func failing(fits func(r *http.Request) bool) change {
	return answering(func(_ *target, r *http.Request, a *answer) {
		if fits(r) {
			a.fail(http.StatusInternalServerError, "internal_error", "The server failed.")
		}
	})
}

// malformedMutants fail for what no careful client sends. Those of the other operations are the same, asked with a capability.
func malformedMutants() []mutant {
	return []mutant{
		{"a broken escape 500", "HTTP-NO-SERVER-ERROR", failing(func(r *http.Request) bool {
			_, err := url.ParseQuery(r.URL.RawQuery)
			return err != nil
		})},
		{"bytes that are no UTF-8 500", "HTTP-NO-SERVER-ERROR", failing(func(r *http.Request) bool {
			text, err := url.QueryUnescape(r.URL.RawQuery)
			return err == nil && !utf8.ValidString(text)
		})},
		{"an odd version 500", "HTTP-NO-SERVER-ERROR", failing(func(r *http.Request) bool {
			version := r.Header.Get("X-API-Version")
			return version != "" && version != "v1"
		})},
	}
}

// formMutants break what holds for every command.
func formMutants() []mutant {
	return []mutant{
		{"previews refused", "sendTextMessage.body.optional", refuses("text", containing("preview_url"))},
		{"captions of links refused", "sendMediaMessage.body.optional", refuses("media", func(content string) bool {
			return strings.HasPrefix(content, "{") && strings.Contains(content, "caption")
		})},
		{"names of files refused", "sendMediaMessage.form.optional", refuses("media", containing("file_name"))},
		{"footers of buttons refused", "sendButtonMessage.body.optional", refuses("button", containing("footer_text"))},
		{"footers of lists refused", "sendListMessage.body.optional", refuses("list", containing("footer_text"))},
		{"templates with a picture refused", "SEND-TEMPLATE-HEADER-TYPE", refuses("template", containing("IMAGE"))},
		{"a charset refused", "HTTP-MEDIA-TYPE", func(w *target, next http.Handler) http.Handler {
			return answering(func(w *target, r *http.Request, a *answer) {
				if strings.Contains(r.Header.Get("Content-Type"), "charset") {
					a.fail(http.StatusUnsupportedMediaType, "unsupported_media_type", "The media type is not known.")
				}
			})(w, next)
		}},
		{"an id of a ticket read up to its first letter", "updateTicket.path.id.type", commands((*target).isTicket, func(_ *target, _ string, a *answer) {
			if a.status == http.StatusBadRequest {
				ticket200(a)
			}
		})},
	}
}
