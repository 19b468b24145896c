package otherserver

import (
	"maps"
	"slices"
)

// A Fault is something that is wrong with a server.
type Fault struct {
	Name string
	Kind string // which kind of mistake it is, see docs/mutants.md
}

// Faults are all that the server can have, one at a time.
func Faults() []Fault {
	var out []Fault
	for _, group := range []struct {
		kind  string
		names []string
	}{
		{"tenants", []string{
			"the domain alone names the workspace", "a send goes out over another's number", "a location goes out over another's number",
			"the status list takes any number", "tickets take any number", "tickets of another workspace can be changed",
			"a template of another workspace can be read", "a template of another workspace can be sent", "the list has a template of another workspace",
			"a search reaches over all workspaces", "the status list has a row of another workspace", "a reply may be to another workspace's message",
		}},
		{"other reads", []string{
			"numbers need no headers", "templates are not signed", "old requests for numbers are accepted", "no rate headers on numbers",
			"a page of 0 is the first page", "a limit that is no number is the usual one", "a template's id is read up to its first letter",
			"a ticket's id is read up to its first letter",
		}},
		{"authentication", []string{
			"a bare digest is accepted", "any algorithm's name is accepted", "uploads are not covered by the signature",
			"the query is sorted before it is verified", "escapes are made upper case before they are verified", "an empty value is dropped before it is verified",
			"only JSON is signed, and forms are taken too",
		}},
		{"malformed requests", []string{
			"a broken escape in the query is a 500", "a NUL in the query is a 500", "bytes that are no UTF-8 are a 500", "an id of 20 digits is the largest id",
			"ids are cut to 32 bits", "ids may be hexadecimal", "ids may have spaces around them", "status words in any case", "status words may be cut short",
			"forms are taken for JSON", "a form in place of JSON is a 500",
		}},
		{"bounds", []string{
			"lengths are counted in UTF-16", "a footer may have 61 characters", "a row's description may have 71 characters", "a button's title of 20 characters is refused",
			"a latitude of exactly -90 is refused", "a picture may be a kilobyte larger", "a picture may be no larger than 4 MB", "a Content-Type with a charset is refused",
		}},
		{"what is sent", []string{
			"variation selectors are lost", "texts are composed", "joiners and direction marks are lost", "a line feed at the end is lost", "a plus becomes a space",
			"%20 becomes a space", "backslashes are read as escapes", "a text is cut after 16,000 bytes", "entities are decoded", "every text is stored twice",
			"a text of 0 is no text", "the text of buttons is trimmed", "captions are cut after 12 characters",
		}},
		{"time and order", []string{
			"expired after twelve hours", "expired counts from when it was created", "read messages are delivered again a moment later",
			"updated_at is an hour early", "a message's date is the time of the answer", "a sent message is dated an hour ahead", "times of the status list are an hour late",
			"the time of a send is in milliseconds", "the time of a send is three hours ahead", "messages are shown newest first now and then",
		}},
		{"rate headers", []string{
			"Reset says how many seconds are left", "Reset is the begin of the window", "Reset is in milliseconds", "Remaining never falls", "Remaining counts up",
			"Remaining is one more than Limit at first", "Limit has a unit", "no rate headers on sends", "rate headers missing from errors",
		}},
	} {
		for _, name := range group.names {
			out = append(out, Fault{name, group.kind})
		}
	}
	hooks := hookFaults()
	for _, kind := range slices.Sorted(maps.Keys(hooks)) {
		for _, name := range hooks[kind] {
			out = append(out, Fault{name, kind})
		}
	}
	return out
}
