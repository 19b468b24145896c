package diagnose_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/signature/diagnose"
)

// mistake is a request that was signed in a wrong way, and a part of the hint that must name it.
type mistake struct {
	name string
	path signature.Path
	// what arrives; the method is GET without a body, else POST
	target, timestamp, body string
	header                  string
	hint                    string
	why                     string // no hint is possible, for this reason
}

func (m mistake) request() signature.Request {
	r := signature.Request{Method: "GET", Target: basePath + m.target, Timestamp: m.timestamp, Host: "127.0.0.1:4010"}
	if m.body != "" {
		r.Method, r.Body = "POST", []byte(m.body)
	}
	if r.Timestamp == "" {
		r.Timestamp = now
	}
	return r
}

func withSecret(secret, text string) string {
	return "sha256=" + hex.EncodeToString(hmacOf(secret, text))
}

const (
	list     = "/conversations?phone_number_id=1&status="
	listSent = "GET" + list + now
	send     = "/w/message/text?phone_number_id=1"
)

// mustBeWhatWasSigned checks the text that the caller is said to have signed: with the right secret it gives the caller's digest.
func mustBeWhatWasSigned(t *testing.T, group, header string, d diagnose.Diagnosis) {
	t.Helper()
	switch group {
	case "path", "query", "query written otherwise", "body", "body written otherwise", "timestamp":
		if d.Signed == "" || d.Signed == d.ToSign {
			t.Errorf("signed was %q, to be signed is %q", d.Signed, d.ToSign)
		}
	case "secret", "unknowable":
		if d.Signed != "" {
			t.Errorf("signed was %q, where the text is right or not known", d.Signed)
		}
	}
	isShownAsItIs := !strings.ContainsAny(d.Signed, `\<`)
	if d.Signed != "" && isShownAsItIs && signature.ParseHeader(new([32]byte), header) && !strings.EqualFold(header, signed(d.Signed)) {
		t.Errorf("the digest was not made of %q", d.Signed)
	}
}

func TestAMistakeIsNamed(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	for group, rows := range map[string][]mistake{
		"path": pathMistakes(), "query": queryMistakes(), "query written otherwise": encodedQueries(),
		"body": bodyMistakes(), "body written otherwise": rewrittenBodies(), "charset": charsetMistakes(),
		"other": otherMistakes(), "timestamp": timestampMistakes(), "construction": constructionMistakes(), "secret": secretMistakes(),
		"writing": writingMistakes(), "line of a tool": toolMistakes(), "unknowable": unknowableMistakes(),
	} {
		for _, m := range rows {
			t.Run(group+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				scheme := signature.Scheme{BasePath: basePath, Path: m.path}
				r := m.request()
				if scheme.Verify(key, m.header, r) {
					t.Fatal("the test's wrong signature is a right one")
				}
				got := diagnose.Explain(scheme, key, m.header, r)
				if !strings.Contains(got.Hint, m.hint) || (m.hint == "" && got.Hint != "") {
					t.Errorf("hint %q, want one with %q", got.Hint, m.hint)
				}
				if (m.hint == "") != (m.why != "") || (m.why != "" && !got.Unexplained) {
					t.Errorf("a row has a hint, or says why none is possible: %+v", got)
				}
				mustNotReveal(t, got, secret, scheme.Sign(key, r))
				mustBeWhatWasSigned(t, group, m.header, got)
			})
		}
	}
}
