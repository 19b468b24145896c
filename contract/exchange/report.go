package exchange

import (
	"net/http"
	"strings"

	"example.com/awalmock/contract/printable"
)

// A Report is one request and its answer, as a report shows it: secrets masked, signatures shortened, a long body cut.
type Report struct {
	Number   int               `json:"number"` // in the order of the answers
	Case     string            `json:"case"`   // the id of the case that sent it
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Request  map[string]string `json:"request_headers"`
	Status   int               `json:"status"` // 0: no answer
	Answer   map[string]string `json:"answer_headers,omitempty"`
	Body     string            `json:"body,omitempty"`
	BodySize int               `json:"body_size"`
	Error    string            `json:"error,omitempty"`
	Curl     string            `json:"curl"` // for a POSIX shell, with the secret in CONTRACT_HMAC_SECRET; empty for a webhook
}

// Show is the exchange for a report.
func (e *Exchange) Show(t *Target, hide *strings.Replacer) Report {
	out := Report{
		Number: e.number, Case: e.CaseID, Method: e.Request.Method, URL: hide.Replace(e.URL), Status: e.Status, BodySize: e.Size,
		Request: showHeader(withoutSecrets(e.Sent), hide), Answer: showHeader(e.Header, hide),
	}
	if !e.isWebhook {
		out.Curl = hide.Replace(e.Request.shell(t, e.URL))
	}
	if e.Err != nil {
		out.Error = hide.Replace(e.Err.Error())
	}
	body := hide.Replace(strings.ToValidUTF8(string(e.Body), "\ufffd"))
	if len(body) > bodyShown || e.Size > len(e.Body) {
		body = strings.ToValidUTF8(body[:min(len(body), bodyShown)], "") + "…"
	}
	out.Body, out.URL, out.Error, out.Curl = printable.Clean(body), printable.CleanLine(out.URL), printable.CleanLine(out.Error), printable.Clean(out.Curl)
	return out
}

func showHeader(h http.Header, hide *strings.Replacer) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		text := hide.Replace(strings.Join(values, ", "))
		if name == HeaderSignature && len(text) > len("sha256=")+8 {
			text = text[:len("sha256=")+8] + "…"
		}
		if name == headerAuthorization && strings.HasPrefix(text, "Bearer ") {
			text = "Bearer " + Masked // also a token that is too short to be masked everywhere
		}
		out[printable.CleanLine(name)] = printable.CleanLine(text)
	}
	return out
}
