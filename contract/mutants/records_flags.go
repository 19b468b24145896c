package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// flagMutants read booleans and numbers in another way than the client meant, and take words and files that are none of a kind.
func flagMutants() []mutant {
	return []mutant{
		{"a favorite of 1 is none", "CONTACT-UPDATE", contactsPath.reads("is_favorite", "1", "false")},
		{"a favorite of 0 is one", "BRANCH-UPDATE", branchesPath.reads("is_favorite", "0", "true")},
		{"a favorite of 1 is refused", "BRANCH-UPDATE", branchesPath.reads("is_favorite", "1", "no")},
		{"any word is no favorite", "createContact.form.type", contactsPath.anyFlag("false")},
		{"any word is a favorite", "updateBranch.form.type", branchesPath.anyFlag("true")},
		{"TRUE is a favorite", "updateContact.form.type", contactsPath.reads("is_favorite", "TRUE", "true")},
		{"is_favorite 1 asks for the others", "CONTACTS-FILTER", contactsPath.queried(func(v url.Values) {
			if v.Get("is_favorite") == "1" {
				v.Set("is_favorite", "false")
			}
		})},
		{"is_favorite 0 asks for all", "CONTACTS-FILTER", contactsPath.queried(func(v url.Values) {
			if v.Get("is_favorite") == "0" {
				v.Del("is_favorite")
			}
		})},
		{"the address of a new contact's picture is lost", "CONTACT-UPDATE", contactsPath.drops("avatar")},
		{"a change of the address of a picture is forgotten", "CONTACT-UPDATE", contactsPath.forgets("avatar")},
		{"the address of a picture in small letters", "CONTACT-UPDATE", contactsPath.harms("avatar", strings.ToLower)},
		{"a group's status may be in quotes", "createContactGroup.body.type", groupsPath.takenBody(containing(`"status":"0"`))},
		{"a group's status of 1.0 500", "HTTP-NO-SERVER-ERROR", answeringSent(func(w *target, r *http.Request, content string, a *answer) {
			if groupsPath.named(w, r) && strings.Contains(content, `"status":1.0`) {
				a.fail(http.StatusInternalServerError, "internal_error", "The server failed.")
			}
		})},
		{"a GIF for a contact's picture", "CONTACT-FILE-FORMAT", contactsPath.takenBody(containing("GIF89a"))},
		{"a page for a contact's picture", "CONTACT-FILE-FORMAT", contactsPath.takenBody(containing("<!DOCTYPE html>"))},
		{"an archive for a branch's file", "BRANCH-FILE-FORMAT", branchesPath.takenBody(containing("notes.txt"))},
		{"a picture with an extension in capitals is refused", "CONTACT-FILE-FORMAT", contactsPath.refusesBody(containing(`filename="Photo.JPG"`))},
		{"a picture with two dots in its name is refused", "BRANCH-FILE-FORMAT", branchesPath.refusesBody(containing(`filename="a.b.`))},
		{"a picture of no content type is refused", "CONTACT-FILE-FORMAT", contactsPath.refusesBody(func(content string) bool {
			return strings.Contains(content, "filename=") && !strings.Contains(content, "Content-Type: ")
		})},
		{"a group of another workspace where both count the same ids", "ISOLATION-ID", sameIDs(groupsPath, contactsPath)},
	}
}

// reads takes a value of a field for another one.
func (p recordPath) reads(name, value, other string) change {
	fits := func(w *target, r *http.Request) bool { return p.creates(w, r) || p.updates(w, r) }
	return writing(fits, func(_ *target, _ *http.Request, f *written) {
		if f.fields[name] == value {
			f.set(name, other)
		}
	}, nil)
}

// anyFlag takes a word that is no boolean for one.
func (p recordPath) anyFlag(means string) change {
	fits := func(w *target, r *http.Request) bool { return p.creates(w, r) || p.updates(w, r) }
	return writing(fits, func(_ *target, _ *http.Request, f *written) {
		if f.has("is_favorite") && !slices.Contains([]any{"true", "false", "1", "0"}, f.fields["is_favorite"]) {
			f.set("is_favorite", means)
		}
	}, nil)
}

// lenientFlags takes the words for booleans that some frameworks take.
func lenientFlags() change {
	word := func(f *written) string { return strings.ToLower(text(f.fields["is_favorite"])) }
	fits := func(w *target, r *http.Request) bool {
		written := slices.ContainsFunc([]recordPath{contactsPath, branchesPath}, func(p recordPath) bool { return p.creates(w, r) || p.updates(w, r) })
		f := readWritten(r, bodyOf(r))
		return written && f != nil && slices.Contains([]string{"true", "yes", "on"}, word(f))
	}
	return writing(fits, func(_ *target, _ *http.Request, f *written) { f.set("is_favorite", "true") }, nil)
}

// answeringSent is answering that knows the body of the request.
func answeringSent(rewrite func(w *target, r *http.Request, content string, a *answer)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := string(bodyOf(r))
			answering(func(w *target, r *http.Request, a *answer) { rewrite(w, r, content, a) })(w, next).ServeHTTP(out, r)
		})
	}
}

// takenBody accepts what the correct server refuses as invalid, where the body fits.
func (p recordPath) takenBody(fits func(content string) bool) change {
	return answeringSent(func(w *target, r *http.Request, content string, a *answer) {
		if p.named(w, r) && a.status == http.StatusBadRequest && fits(content) {
			succeed(http.StatusOK)(a)
		}
	})
}

// refusesBody refuses what is valid, where the body fits.
func (p recordPath) refusesBody(fits func(content string) bool) change {
	return answeringSent(func(w *target, r *http.Request, content string, a *answer) {
		if p.named(w, r) && a.status < http.StatusMultipleChoices && fits(content) {
			a.fail(http.StatusBadRequest, "validation_failed", "The file is not taken.")
		}
	})
}

// sameIDs shows each workspace only those records that both have by their ids, and those of the suite only by their ids; what refers to one that the caller
// does not have is accepted.
func sameIDs(p, referring recordPath) change {
	return both(p.list(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
		kept := slices.DeleteFunc(rows, func(r row) bool { return id(r) != "1" })
		object["data"], object["meta"] = fromRows(kept), map[string]any{"current_page": 1, "per_page": 100, "total": len(kept), "last_page": 1}
	}), answering(func(w *target, r *http.Request, a *answer) {
		if details, _ := a.json()["details"].(map[string]any); referring.named(w, r) && a.status == http.StatusBadRequest && details["contact_group_id"] != nil {
			succeed(http.StatusOK)(a)
		}
	}))
}
