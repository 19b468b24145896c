package suite

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// A rule must hold for every exchange of the run, whoever made it. Its check judges all of them when the others are done.
type rule struct {
	requirement string
	suffix      string // of the check's id
	operation   string // "" for all
	title       string
	needs       string // what the run lacked if no exchange was one that the rule is about
	late        bool   // it compares with what the crawl saw, so it is judged at the end
	judge       func(j *judge, e *exchange) verdict
}

// A verdict of a rule on an exchange.
type verdict struct {
	applies  bool
	findings []Finding
}

func unconcerned() verdict { return verdict{} }

func concerned(findings ...Finding) verdict { return verdict{applies: true, findings: findings} }

// ruleCheck makes the check of a rule.
func ruleCheck(r rule) *check {
	id := r.requirement
	if r.suffix != "" {
		id += "." + r.suffix
	}
	return ruleCheckAs(id, r)
}

func ruleCheckAs(id string, r rule) *check {
	c := &check{id: id, requirement: r.requirement, title: r.title, operation: r.operation, last: true, rule: &r}
	c.run = func(p *probe) error {
		applied, found, more := p.collect(c)
		p.findings, p.more = append(p.findings, found...), p.more+more
		if !applied {
			return lacks("%s", r.needs)
		}
		return nil
	}
	return c
}

// A ruled rule is what a rule has said of the exchanges so far.
type ruled struct {
	applied  bool
	findings []Finding
	more     int // beyond those, or like one of them
	judged   int // exchanges, for a rule that is judged late
}

// concerns tells whether a rule has to do with an exchange. What the control API answers is not for the contract to say.
func (r *rule) concerns(e *exchange) bool {
	return e.status != 0 && (r.operation == "" && e.request.op.id != opControl || r.operation == e.request.op.id)
}

// judge applies the selected rules to an exchange as soon as it is there, so that its body need not be kept.
func (s *session) judge(e *exchange) {
	for _, c := range s.selected {
		if c.rule != nil && !c.rule.late && c.rule.concerns(e) {
			s.addVerdict(c, e, c.rule.judge(s.judging, e))
		}
	}
}

func (s *session) addVerdict(c *check, e *exchange, v verdict) {
	s.ruledMu.Lock()
	defer s.ruledMu.Unlock()
	state := s.stateOf(c)
	state.applied = state.applied || v.applies
	for _, f := range v.findings {
		f.exchanges = []*exchange{e.slim()}
		f = s.complete(f, c)
		if !keepFinding(&state.findings, f) {
			state.more++
		}
	}
}

// stateOf expects the lock.
func (s *session) stateOf(c *check) *ruled {
	if s.ruled[c.id] == nil {
		s.ruled[c.id] = &ruled{}
	}
	return s.ruled[c.id]
}

// collect gives what a rule has said since it was last collected.
func (s *session) collect(c *check) (applied bool, found []Finding, more int) {
	if c.rule.late {
		all := s.client.exchanges()
		s.ruledMu.Lock()
		from := s.stateOf(c).judged
		s.ruledMu.Unlock()
		for _, e := range all[from:] {
			if c.rule.concerns(e) {
				s.addVerdict(c, e, c.rule.judge(s.judging, e))
			}
		}
		s.ruledMu.Lock()
		s.stateOf(c).judged = len(all)
		s.ruledMu.Unlock()
	}
	s.ruledMu.Lock()
	defer s.ruledMu.Unlock()
	state := s.stateOf(c)
	found, more = state.findings, state.more
	state.findings, state.more = nil, 0
	return state.applied, found, more
}

// httpRules are those that need no knowledge of the data.
func httpRules() []rule {
	return []rule{
		{requirement: "HTTP-NO-SERVER-ERROR", title: "no request is answered with a 5xx", needs: "an answer", judge: judgeServerError},
		{requirement: "HTTP-SUCCESS", title: "a valid request is answered with the documented success", needs: "a valid request", judge: judgeSuccess},
		{requirement: "HTTP-CONTENT-TYPE", title: "a success is application/json", needs: "a 2xx answer", judge: judgeContentType(false)},
		{requirement: "ERROR-CONTENT-TYPE", title: "an error is application/json", needs: "an error", judge: judgeContentType(true)},
		{requirement: "HTTP-COMPLETE", title: "a body arrives whole", needs: "an answer with a body", judge: judgeComplete},
		{requirement: "HTTP-CODING", suffix: "every", title: "a body has no coding that the request did not accept", needs: "an answer", judge: judgeCoding},
		{requirement: "JSON-ONE-VALUE", title: "a body is one JSON value in UTF-8", needs: "an answer with a JSON body", judge: judgeJSON(problemSyntax)},
		{requirement: "JSON-UNIQUE-KEYS", title: "no object has the same key twice", needs: "an answer with a JSON body", judge: judgeJSON(problemDuplicate)},
		{requirement: "DATA-TIME", title: "every time is RFC 3339 with an offset", needs: "a 200 answer", judge: judgeSchema(isTime)},
		{requirement: "DATA-SUCCESS-FLAG", title: "every 200 answer has status true", needs: "a 200 answer", judge: judgeSchema(isFlag)},
		{requirement: "ERROR-ENVELOPE", title: "every error has the documented body", needs: "an error", judge: judgeEnvelope},
		{requirement: "ERROR-STATUS", title: "an error is never answered with 2xx", needs: "an answer", judge: judgeErrorStatus},
		{requirement: "AUTH-NO-DIGEST", title: "no answer shows the secret or the digest that was expected", needs: "a refused request", judge: judgeDigest},
	}
}

func judgeServerError(_ *judge, e *exchange) verdict {
	if e.status < 500 || e.request.fault {
		return concerned()
	}
	return concerned(Finding{Text: e.request.op.id + " was answered with a server error", Expected: "any status below 500", Actual: statusLine(e.status)})
}

func judgeSuccess(_ *judge, e *exchange) verdict {
	if e.request.expect != expectSuccess || e.status == http.StatusTooManyRequests || e.status >= 500 {
		return unconcerned()
	}
	if e.request.op.succeeds(e.status) {
		return concerned()
	}
	if e.status == http.StatusUnauthorized || e.status == http.StatusForbidden {
		return concerned() // AUTH-VALID tells
	}
	return concerned(Finding{Text: "a valid request was not answered with the documented success", Expected: "200 OK", Actual: e.result(), Contract: Place{Pointer: e.request.op.pointer}})
}

// validRules are one for each operation: whatever was properly signed during the run was accepted.
func validRules(doc *contract) []*check {
	var out []*check
	for _, op := range doc.reads() {
		out = append(out, validRule(op))
	}
	return out
}

func validRule(op *operation) *check {
	c := ruleCheckAs("AUTH-VALID."+op.id, rule{
		requirement: "AUTH-VALID", operation: op.id, title: "a properly signed request is accepted (" + op.id + ")", needs: "a request that is properly signed", judge: judgeAccepted,
	})
	c.capability = op.capability
	return c
}

func judgeAccepted(_ *judge, e *exchange) verdict {
	if !e.request.proper || e.caseID == "preflight" || e.status >= 500 || e.status == http.StatusTooManyRequests {
		return unconcerned()
	}
	if e.status == http.StatusUnauthorized || e.status == http.StatusForbidden {
		return concerned(Finding{Text: "a properly signed request was refused", Expected: "200 OK", Actual: e.result()})
	}
	return concerned()
}

// mediaOf is the media type of an answer, or why it cannot be one of the documented.
func mediaOf(e *exchange) (string, string) {
	raw := e.header.Get("Content-Type")
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

func judgeContentType(errors bool) func(*judge, *exchange) verdict {
	return func(_ *judge, e *exchange) verdict {
		if (e.status >= 400) != errors || e.status >= 300 && e.status < 400 || e.request.expect == expectNothing {
			return unconcerned()
		}
		documented := e.request.op.response(e.status)
		want := []string{"application/json"}
		if documented != nil && len(documented.media) > 0 {
			want = slices.Sorted(maps.Keys(documented.media))
		}
		media, actual := mediaOf(e)
		if slices.Contains(want, media) {
			return concerned()
		}
		return concerned(Finding{Text: "the answer has another content type than documented", Expected: strings.Join(want, " or "), Actual: actual})
	}
}

func judgeComplete(_ *judge, e *exchange) verdict {
	if e.retried || e.request.expect == expectNothing {
		return unconcerned()
	}
	if e.cut {
		return concerned(Finding{Text: "the body was cut short", Expected: "as many bytes as announced", Actual: e.err.Error()})
	}
	if e.tooLarge {
		return unconcerned() // the suite did not read on; the notes of the report tell
	}
	if e.content != nil {
		for _, problem := range e.content.problems {
			if problem.kind == problemCut {
				return concerned(Finding{Text: "the JSON of the body is cut short", Expected: "a whole JSON value", Actual: problem.reason, Pointer: problem.pointer})
			}
		}
	}
	return concerned()
}

func judgeCoding(_ *judge, e *exchange) verdict {
	coding, accepted := e.coding(), e.sent.Get("Accept-Encoding")
	switch {
	case e.fatal != "":
		return concerned(Finding{Text: "the body is not coded as its head says", Expected: "a body in the coding of Content-Encoding", Actual: e.fatal})
	case coding == "" || coding == accepted:
		return concerned()
	}
	return concerned(Finding{Text: "the body has a coding that the request did not accept", Expected: "Content-Encoding " + accepted, Actual: coding})
}

func judgeJSON(kind problemKind) func(*judge, *exchange) verdict {
	return func(_ *judge, e *exchange) verdict {
		if e.request.expect == expectNothing || e.fatal != "" || e.cut || e.tooLarge {
			return unconcerned()
		}
		if e.content == nil {
			if kind == problemSyntax && e.status < 300 && e.err == nil {
				return concerned(Finding{Text: "the body is empty", Expected: "one JSON value", Actual: "no bytes"})
			}
			return unconcerned()
		}
		if media, _ := mediaOf(e); e.status >= 400 && media != "application/json" {
			return unconcerned() // ERROR-CONTENT-TYPE and ERROR-ENVELOPE tell
		}
		var found []Finding
		for _, problem := range e.content.problems {
			if problem.kind == kind {
				found = append(found, Finding{Text: "the body is not the JSON it should be", Expected: "one JSON value in UTF-8 whose objects have each key once", Actual: problem.reason, Pointer: problem.pointer})
			}
		}
		return concerned(found...)
	}
}

func judgeEnvelope(j *judge, e *exchange) verdict {
	if e.status < 400 || e.request.expect == expectNothing || e.cut || e.tooLarge {
		return unconcerned()
	}
	if e.object() == nil {
		return concerned(Finding{Text: "the error has no JSON object as its body", Expected: "an object with error, message and request_id", Actual: cutText(fmt.Sprintf("%q", e.body), 120)})
	}
	var found []Finding
	for _, v := range j.violations(e) {
		if e.status == http.StatusTooManyRequests && v.keyword == "required" && v.pointer == "/request_id" {
			continue // the vendor's only example of a 429 ends before it
		}
		found = append(found, v.finding("the body of the error breaks its schema"))
	}
	return concerned(found...)
}

func judgeErrorStatus(_ *judge, e *exchange) verdict {
	if e.status < 200 || e.status >= 300 || e.request.expect == expectNothing {
		return unconcerned()
	}
	body := e.object()
	if _, isError := body["error"]; !isError {
		return concerned()
	}
	if _, hasData := body["data"]; hasData {
		return concerned()
	}
	return concerned(Finding{Text: "a body with an error came with a status of success", Expected: "a status from 400 on", Actual: statusLine(e.status), Pointer: "/error"})
}

// judgeDigest looks for what only the owner of the secret may know in answers to requests that did not prove it.
func judgeDigest(_ *judge, e *exchange) verdict {
	if e.right == "" || e.sent.Get(headerSignature) == "sha256="+e.right {
		return unconcerned()
	}
	if e.revealed {
		return concerned(Finding{Text: "a refusal reveals the secret", Expected: "nothing that helps to forge a signature", Actual: "the answer contains it"})
	}
	everything := strings.ToLower(string(e.body))
	for name, values := range e.header {
		everything += "\n" + strings.ToLower(name+": "+strings.Join(values, ","))
	}
	for _, leak := range []struct{ what, text string }{
		{"the digest that would have been accepted", e.right},
		{"the digest that would have been accepted, in base64", strings.ToLower(base64Of(e.right))},
	} {
		if len(leak.text) >= 8 && strings.Contains(everything, leak.text) {
			return concerned(Finding{Text: "a refusal reveals " + leak.what, Expected: "nothing that helps to forge a signature", Actual: "the answer contains it"})
		}
	}
	return concerned()
}

// Which breaches of a schema have a requirement of their own.
func isTime(v violation) bool {
	return v.keyword == "format" && strings.HasPrefix(v.expected, "an RFC")
}
func isFlag(v violation) bool { return v.pointer == "/status" }

func judgeSchema(is func(violation) bool) func(*judge, *exchange) verdict {
	return func(j *judge, e *exchange) verdict {
		if e.status != http.StatusOK || e.request.expect == expectNothing || e.content == nil || e.content.value == nil {
			return unconcerned()
		}
		var found []Finding
		for _, v := range j.violations(e) {
			if is(v) {
				found = append(found, v.finding("the answer breaks its schema"))
			}
		}
		return concerned(found...)
	}
}

func (v violation) finding(what string) Finding {
	f := Finding{Text: what + " (" + v.keyword + ")", Expected: v.expected, Actual: v.actual, Pointer: v.pointer, Contract: Place{Pointer: v.place}}
	if v.inferred {
		f.Level = Should
	}
	return f
}
