package server_test

import (
	"strconv"
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

func prefer(target, what string) call {
	return call{target: target, header: []string{"Prefer: " + what}}
}

func TestPreferAnswersWithEachCodeAndEachExampleOfTheDocument(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachOperation(t, func(t *testing.T, op operation) {
		for code, response := range op.Responses.Map() {
			status, err := strconv.Atoi(code)
			if err != nil {
				t.Fatal(err)
			}
			ask := func(what string) {
				r := op.request() // do holds each answer against the document
				r.header = append(r.header, "Prefer: "+what)
				if a := m.do(t, r); a.status != status || a.header.Get("Preference-Applied") != what {
					t.Errorf("%s: %d, applied %q", what, a.status, a.header.Get("Preference-Applied"))
				}
			}
			ask("code=" + code)
			for name := range response.Value.Content["application/json"].Examples {
				ask("code=" + code + ", example=" + name)
				r := op.request()
				r.header = append(r.header, "Prefer: example="+name)
				if a := m.do(t, r); a.header.Get("Preference-Applied") != "example="+name {
					t.Errorf("%s: %d %v", name, a.status, a.header)
				}
			}
		}
	})
}

func TestAForcedExampleIsTheExampleOfTheDocument(t *testing.T) {
	t.Parallel()
	m := start(t)
	a := m.do(t, prefer(listing, "example=documented")).is(t, 200, "")
	if rows := a.rows(); len(rows) != 2 || rows[0]["last_message"] != "I would like to ask about my order" {
		t.Errorf("%s", a.body)
	}
	if rows := m.do(t, prefer(listing, "example=empty")).is(t, 200, "").rows(); len(rows) != 0 {
		t.Errorf("%v", rows)
	}
}

func TestAForced429HasRetryAfterAndNothingRemaining(t *testing.T) {
	t.Parallel()
	a := start(t).do(t, prefer(listing, "code=429")).is(t, 429, "rate_limit_exceeded")
	if a.header.Get("Retry-After") == "" || a.header.Get("X-RateLimit-Remaining") != "0" || a.number(t, "X-RateLimit-Limit") != 200 {
		t.Errorf("%v", a.header)
	}
}

func TestAForcedAnswerNeedsAValidSignatureButNoValidRequest(t *testing.T) {
	t.Parallel()
	m := start(t)
	r := prefer("/conversations/abc?status=x", "code=200")
	m.do(t, r).is(t, 200, "")
	r.secret = "wrong"
	a := m.do(t, r).is(t, 401, "authentication_failed")
	if a.header.Get("Preference-Applied") != "" {
		t.Errorf("%v", a.header)
	}
	m.do(t, call{method: "POST", target: "/w/message/text", body: "no JSON", header: []string{"Content-Type: text/plain", "Prefer: code=200"}}).is(t, 200, "")
}

func TestAnUnknownPreferenceOfTheMockIs400ThatListsWhatThereIs(t *testing.T) {
	t.Parallel()
	m := start(t)
	for what, words := range map[string][]string{
		"code=418": {"200", "400", "401", "429", "503"}, "code=": {"200"}, "code=abc": {"200"}, "code=0": {"200"}, "code=-1": {"200"},
		"example=nothing": {"documented", "empty", "forbidden"}, "code=200, example=forbidden": {"documented", "empty"}, "code=429, example=empty": {"must be"},
	} {
		a := m.do(t, prefer(listing, what)).is(t, 400, "validation_failed").names(t, "Prefer")
		for _, word := range words {
			if !strings.Contains(a.detail("Prefer"), word) {
				t.Errorf("%s: no %q in %s", what, word, a.body)
			}
		}
		if a.header.Get("Preference-Applied") != "" {
			t.Errorf("%s: %v", what, a.header)
		}
	}
}

func TestPreferIsReadAsRFC7240Says(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, line := range []string{"CODE=404", `code="404"`, " code = 404 ", "return=minimal, code=404", "code=404;foo=bar", "code=404, code=500", "wait=1,code=404"} {
		m.do(t, prefer(listing, line)).is(t, 404, "resource_not_found")
	}
	m.do(t, call{target: listing, header: []string{"Prefer: respond-async", "Prefer: code=404"}}).is(t, 404, "resource_not_found")
	for _, line := range []string{"respond-async", "", ",", "return=minimal", "coder=404"} {
		if a := m.do(t, prefer(listing, line)).is(t, 200, ""); a.header.Get("Preference-Applied") != "" {
			t.Errorf("%q was applied: %v", line, a.header)
		}
	}
}

func TestAForcedAnswerChangesNothing(t *testing.T) {
	t.Parallel()
	m := start(t)
	before := m.get(t, listing)
	m.do(t, call{method: "POST", target: sendText, body: `{"phone":"96650000000","body":"x"}`, header: []string{"Prefer: code=200"}}).is(t, 200, "")
	if after := m.get(t, listing); string(after.body) != string(before.body) {
		t.Error("a forced send was done")
	}
}

func TestAForcedAnswerWithoutAnExampleFitsTheSchema(t *testing.T) {
	t.Parallel()
	document := strings.ReplaceAll(awalmock.OpenAPI(), `              examples:
                documented: {$ref: '#/components/examples/ConversationListDocumented'}
                empty: {$ref: '#/components/examples/ConversationListEmpty'}
`, "")
	m := start(t, mocktest.Spec("copy.yaml", []byte(document)))
	first := m.do(t, prefer(listing, "code=200")).is(t, 200, "")
	if second := m.do(t, prefer(listing, "code=200")); string(first.body) != string(second.body) {
		t.Errorf("two answers:\n%s\n%s", first.body, second.body)
	}
}
