package specs

import (
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

const versionHeader = "X-API-Version"

// versionWays send the documented X-API-Version, and others.
func versionWays() []way {
	unfit := func(op *document.Operation) string {
		if op.Parameter("header", versionHeader) == nil {
			return "it has no " + versionHeader
		}
		return ""
	}
	version := func(word string, statuses ...int) attempt {
		return attempt{name: "with " + versionHeader + " " + word, want: statuses, change: func(r *exchange.Request) *exchange.Request {
			return r.WithHeader(versionHeader, word).MayBeRefused() // the rules of every exchange do not judge it: a ticket may be open already
		}}
	}
	return []way{
		{name: "version", requirement: "VERSION-V1", suffix: "word", title: "the documented version is accepted", unfit: unfit, attempts: func(_ *document.Document, op *document.Operation) []attempt {
			var out []attempt
			for _, word := range op.Parameter("header", versionHeader).EnumWords() {
				out = append(out, version(word, http.StatusOK))
			}
			return out
		}},
		{name: "another version", requirement: "VERSION-UNKNOWN", title: "a version that is not documented is refused", unfit: unfit, attempts: func(*document.Document, *document.Operation) []attempt {
			var out []attempt
			for _, word := range []string{"v999", "V1"} {
				one := version(word, http.StatusBadRequest, http.StatusNotFound)
				one.exists = true
				out = append(out, one)
			}
			return out
		}},
	}
}
