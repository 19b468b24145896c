package judge

import (
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// Requirements whose rules judge each answer, also a 503 that was there for a moment.
const (
	NoServerError = "HTTP-NO-SERVER-ERROR"
	NoDigest      = "AUTH-NO-DIGEST"
)

// HTTPRules are the rules about HTTP, JSON and the schema, for answers of all operations.
func HTTPRules() []Rule {
	return []Rule{
		{Requirement: NoServerError, Title: "no request is answered with a 5xx", Needs: "an answer", Judge: judgeServerError},
		{Requirement: "HTTP-SUCCESS", Title: "a valid request is answered with the documented success", Needs: "a valid request", Judge: judgeSuccess},
		{Requirement: "HTTP-CONTENT-TYPE", Title: "a success is application/json", Needs: "a 2xx answer", Judge: judgeContentType(false)},
		{Requirement: "ERROR-CONTENT-TYPE", Title: "an error is application/json", Needs: "an error", Judge: judgeContentType(true)},
		{Requirement: "HTTP-COMPLETE", Title: "a body is complete", Needs: "an answer with a body", Judge: judgeComplete},
		{Requirement: "HTTP-CODING", Suffix: "every", Title: "a body has no coding that the request did not accept", Needs: "an answer", Judge: judgeCoding},
		{Requirement: "JSON-ONE-VALUE", Title: "a body is one JSON value in UTF-8", Needs: "an answer with a JSON body", Judge: judgeJSON(exchange.ProblemSyntax)},
		{Requirement: "JSON-UNIQUE-KEYS", Title: "no object has the same key twice", Needs: "an answer with a JSON body", Judge: judgeJSON(exchange.ProblemDuplicate)},
		{Requirement: "DATA-TIME", Title: "every time is RFC 3339 with an offset", Needs: "a success", Judge: judgeSchema(isTime)},
		{Requirement: "DATA-SUCCESS-FLAG", Title: "every success has status true", Needs: "a success", Judge: judgeSchema(isFlag)},
		{Requirement: "ERROR-ENVELOPE", Title: "every error has the documented body", Needs: "an error", Judge: judgeEnvelope},
		{Requirement: "ERROR-STATUS", Title: "an error is never answered with 2xx", Needs: "an answer", Judge: judgeErrorStatus},
		{Requirement: NoDigest, Title: "no answer shows the secret or the digest that was expected", Needs: "a refused request", Judge: judgeDigest},
	}
}

func judgeServerError(_ *Judge, e *exchange.Exchange) Verdict {
	if e.Status < 500 || e.Request.Fault {
		return Applicable()
	}
	if e.Unavailable() { // the service was not up for a moment; if it stays so, the last attempt says it
		return Applicable(Finding{Level: document.Should, Text: e.Request.Op.ID + " was answered with 503 at first, and was asked again", Expected: "any status below 500", Actual: exchange.StatusLine(e.Status)})
	}
	return Applicable(Finding{Text: e.Request.Op.ID + " was answered with a server error", Expected: "any status below 500", Actual: exchange.StatusLine(e.Status)})
}

func judgeSuccess(_ *Judge, e *exchange.Exchange) Verdict {
	if e.Request.Expect != exchange.ExpectSuccess || e.Status == http.StatusTooManyRequests || e.Status >= 500 {
		return NotApplicable()
	}
	if e.Request.Op.Succeeds(e.Status) || e.Status == http.StatusGone && e.Request.Op.Gone(e.Answered) {
		return Applicable()
	}
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		return Applicable() // AUTH-VALID reports it
	}
	return Applicable(Finding{Text: "a valid request was not answered with the documented success", Expected: "200 OK", Actual: e.Result(), Contract: document.Place{Pointer: e.Request.Op.Pointer}})
}

func Accepted(_ *Judge, e *exchange.Exchange) Verdict {
	if !e.Request.Proper || e.CaseID == "preflight" || e.Status >= 500 || e.Status == http.StatusTooManyRequests {
		return NotApplicable()
	}
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		return Applicable(Finding{Text: "a properly signed request was refused", Expected: "200 OK", Actual: e.Result()})
	}
	return Applicable()
}

// mediaOf is the media type of an answer, "" if it cannot be a documented one, and the header for a finding.
func mediaOf(e *exchange.Exchange) (string, string) {
	return mediaOfHeader(e.Header.Get("Content-Type"))
}

func mediaOfHeader(raw string) (string, string) {
	if raw == "" {
		return "", "no Content-Type"
	}
	media, parameters, err := mime.ParseMediaType(raw)
	if err != nil {
		return "", raw
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return "", raw
	}
	return media, raw
}

func judgeContentType(errors bool) func(*Judge, *exchange.Exchange) Verdict {
	return func(_ *Judge, e *exchange.Exchange) Verdict {
		if (e.Status >= 400) != errors || e.Status >= 300 && e.Status < 400 || e.Request.Expect == exchange.ExpectNothing {
			return NotApplicable()
		}
		documented := e.Request.Op.Response(e.Status)
		want := []string{"application/json"}
		if documented != nil && len(documented.Media) > 0 {
			want = slices.Sorted(maps.Keys(documented.Media))
		}
		media, actual := mediaOf(e)
		if slices.Contains(want, media) {
			return Applicable()
		}
		return Applicable(Finding{Text: "the answer has another content type than documented", Expected: strings.Join(want, " or "), Actual: actual})
	}
}

func judgeComplete(_ *Judge, e *exchange.Exchange) Verdict {
	if e.Retried || e.Request.Expect == exchange.ExpectNothing {
		return NotApplicable()
	}
	if e.Cut {
		return Applicable(Finding{Text: "the body was cut short", Expected: "as many bytes as announced", Actual: e.Err.Error()})
	}
	if e.TooLarge {
		return NotApplicable() // the suite did not read the rest, as the notes of the report say
	}
	if e.Content != nil {
		for _, problem := range e.Content.Problems {
			if problem.Kind == exchange.ProblemCut {
				return Applicable(Finding{Text: "the JSON of the body is cut short", Expected: "a whole JSON value", Actual: problem.Reason, Pointer: problem.Pointer})
			}
		}
	}
	return Applicable()
}

func judgeCoding(_ *Judge, e *exchange.Exchange) Verdict {
	coding, accepted := e.Coding(), e.Sent.Get("Accept-Encoding")
	switch {
	case e.Fatal != "":
		return Applicable(Finding{Text: "the body does not have the content coding that its header says", Expected: "a body in the coding of Content-Encoding", Actual: e.Fatal})
	case coding == "" || coding == accepted:
		return Applicable()
	}
	return Applicable(Finding{Text: "the body has a coding that the request did not accept", Expected: "Content-Encoding " + accepted, Actual: coding})
}

func judgeErrorStatus(_ *Judge, e *exchange.Exchange) Verdict {
	if e.Status < 200 || e.Status >= 300 || e.Request.Expect == exchange.ExpectNothing {
		return NotApplicable()
	}
	body := e.Object()
	if _, isError := body["error"]; !isError {
		return Applicable()
	}
	if _, hasData := body["data"]; hasData {
		return Applicable()
	}
	return Applicable(Finding{Text: "a body with an error has a status of success", Expected: "a status from 400 on", Actual: exchange.StatusLine(e.Status), Pointer: "/error"})
}

// judgeDigest looks for the secret and the right digest in answers to requests with a wrong signature.
func judgeDigest(_ *Judge, e *exchange.Exchange) Verdict {
	if e.RightDigest == "" || strings.Contains(e.Sent.Get(exchange.HeaderSignature), e.RightDigest) {
		return NotApplicable() // the client knows the right digest
	}
	if e.Revealed {
		return Applicable(Finding{Text: "a refusal reveals the secret", Expected: "nothing that helps to forge a signature", Actual: "the answer contains it"})
	}
	everything := strings.ToLower(string(e.Body))
	for name, values := range e.Header {
		everything += "\n" + strings.ToLower(name+": "+strings.Join(values, ","))
	}
	for _, leak := range []struct{ what, text string }{
		{"the digest that would have been accepted", e.RightDigest},
		{"the digest that would have been accepted, in base64", strings.ToLower(exchange.Base64Of(e.RightDigest))},
	} {
		if len(leak.text) >= 8 && strings.Contains(everything, leak.text) {
			return Applicable(Finding{Text: "a refusal reveals " + leak.what, Expected: "nothing that helps to forge a signature", Actual: "the answer contains it"})
		}
	}
	return Applicable()
}
