package diagnose_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/signature/diagnose"
)

const (
	basePath = "/api/developer"
	secret   = "your-hmac-secret"
	now      = "1704124800"
	listText = "GET/conversations?phone_number_id=123456&status=unread" + now
)

// hmacOf is the test's own signer: the text is put together by the test, not by the package.
func hmacOf(key, text string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func signed(text string) string { return "sha256=" + hex.EncodeToString(hmacOf(secret, text)) }

func listRequest() signature.Request {
	return signature.Request{
		Method: "GET", Target: "/api/developer/conversations?phone_number_id=123456&status=unread", Timestamp: now,
	}
}

func mustNotReveal(t *testing.T, d diagnose.Diagnosis, secret, header string) {
	t.Helper()
	text := strings.ToLower(d.StringToSign + d.ToSign + d.Signed + d.Hint)
	if strings.Contains(text, secret) || strings.Contains(text, strings.TrimPrefix(header, "sha256=")) {
		t.Errorf("the diagnosis reveals the secret or the digest: %+v", d)
	}
}

func TestSlipsOfUnusualSecretsAreNamed(t *testing.T) {
	t.Parallel()
	for hint, c := range map[string]struct{ secret, used string }{
		"without the white space": {" s ", "s"},
		"from hexadecimal":        {"00ff10", "\x00\xff\x10"},
		"from base64":             {"c2VjcmV0IQ==", "secret!"},
		"the placeholder":         {"real", "your-hmac-secret"},
	} {
		header := withSecret(c.used, listText)
		got := diagnose.Explain(signature.Scheme{BasePath: basePath}, signature.NewKey(c.secret), header, listRequest())
		if !strings.Contains(got.Hint, hint) {
			t.Errorf("secret %q used as %q: hint %q, want one with %q", c.secret, c.used, got.Hint, hint)
		}
	}
}

func TestTheStringToSignIsShownAsPrintableText(t *testing.T) {
	t.Parallel()
	body := sha256.Sum256([]byte("x\n"))
	one := sha256.Sum256([]byte("x"))
	for _, c := range []struct {
		r    signature.Request
		want string
	}{
		{listRequest(), listText},
		{signature.Request{Method: "post", Target: "/a", Timestamp: "1", Body: []byte("x\n")}, fmt.Sprintf("POST/a1<2 bytes, sha256 %x>", body)},
		{signature.Request{Method: "PUT", Target: "/a", Timestamp: "1", Body: []byte("x")}, fmt.Sprintf("PUT/a1<1 byte, sha256 %x>", one)},
		{signature.Request{Method: "GET", Target: "/م👋?a=\"'<\\", Timestamp: "\t"}, `GET/م👋?a="'<\\\t`},
		{signature.Request{Method: "GET", Target: "/\xff\x00\u202e\x1b[31m\u2028\x7f"}, `GET/\xff\x00\u202e\x1b[31m\u2028\x7f`},
	} {
		for _, path := range []signature.Path{signature.Relative, signature.Either} {
			got := diagnose.Explain(signature.Scheme{BasePath: basePath, Path: path}, signature.NewKey(secret), "", c.r)
			if got.StringToSign != c.want {
				t.Errorf("string to sign %s, want %s", got.StringToSign, c.want)
			}
		}
	}
}

func TestNothingIsHintedForARightSignature(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	for path, header := range map[signature.Path]string{
		signature.Relative: signed(listText), signature.Full: signed("GET/api/developer" + listText[3:]), signature.Either: signed(listText),
	} {
		scheme := signature.Scheme{BasePath: basePath, Path: path}
		if got := diagnose.Explain(scheme, key, header, listRequest()); got.Hint != "" {
			t.Errorf("%v: hint %q", path, got.Hint)
		}
		if got := diagnose.ExplainUpload(scheme.Digest(key, listRequest()), header); got.Hint != "" {
			t.Errorf("%v, streamed: hint %q", path, got.Hint)
		}
	}
}

func TestAStreamedBodyIsDescribedAndItsAbsenceRecognised(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	scheme := signature.Scheme{BasePath: basePath, Path: signature.Relative}
	right := signed(listText + "photo")
	for _, c := range []struct{ header, hint string }{
		{signed(listText), "the body was left out"},
		{signed("GET/api/developer" + listText[3:]), "the full path was signed"},
		{strings.TrimPrefix(right, "sha256="), "the prefix sha256= is missing"},
		{"sha256=abc", "64 hexadecimal digits"},
		{signed("other"), ""},
	} {
		d := scheme.Digest(key, listRequest())
		fmt.Fprint(d, "pho")
		fmt.Fprint(d, "to")
		got := diagnose.ExplainUpload(d, c.header)
		if !strings.Contains(got.Hint, c.hint) || (c.hint == "" && got.Hint != "") {
			t.Errorf("%s: hint %q, want one with %q", c.header, got.Hint, c.hint)
		}
		if want := fmt.Sprintf("%s<5 bytes, sha256 %x>", listText, sha256.Sum256([]byte("photo"))); got.StringToSign != want {
			t.Errorf("string to sign %s, want %s", got.StringToSign, want)
		}
		mustNotReveal(t, got, secret, right)
	}
}

func TestAnyBodyIsExplainedWithBoundedWorkAndMemory(t *testing.T) { //nolint:paralleltest // The memory counted is the process's.
	key := signature.NewKey(secret)
	scheme := signature.Scheme{BasePath: basePath}
	for name, body := range map[string]string{
		"flat":         "[" + strings.Repeat("[],", (1<<20)/3) + "[]]",
		"unclosed":     strings.Repeat("[", 1<<20),
		"nested":       strings.Repeat("[", 9999) + strings.Repeat("]", 9999),
		"text":         strings.Repeat("é", 1<<19),
		"small pieces": "[" + strings.Repeat(`"<",`, 1<<14-2) + "1]",
	} {
		m := mistake{target: "/x?b=a%20b%2f&a=%d8%a3&c=", body: body}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		got := diagnose.Explain(scheme, key, signed("other"), m.request())
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 10*time.Second || used > 32 {
			t.Errorf("%s: explained in %v with %d MiB", name, took, used)
		}
		if got.Hint != "" || len(got.StringToSign) > 200 {
			t.Errorf("%s: hint %q, string to sign of %d bytes", name, got.Hint, len(got.StringToSign))
		}
		header := signed("POST" + basePath + m.target + now + body)
		if got := diagnose.Explain(scheme, key, header, m.request()); !strings.Contains(got.Hint, "full path") {
			t.Errorf("%s: hint %q, want the full path", name, got.Hint)
		}
	}
}

func FuzzVerifyNeverPanicsAndOnlyAcceptsTheRightDigest(f *testing.F) {
	f.Add(signed(listText), secret, "GET", "/api/developer/conversations?phone_number_id=123456&status=unread", now, []byte(nil), byte(0))
	f.Add("sha256=", "", "", "", "", []byte("{"), byte(1))
	f.Add(strings.Repeat("A", 88), "c2VjcmV0", "pOsT", "http://x/api/developer?%zz&=&a", "1704124800123", []byte(`{"a":["\ud83d\u2028<",1e999]}`), byte(2))
	f.Add("\"sha256 \xff", "\n", "\xff", "/api/developer?", "-1", []byte("\xff\""), byte(9))
	f.Fuzz(func(t *testing.T, header, secret, method, target, timestamp string, body []byte, path byte) {
		scheme := signature.Scheme{BasePath: basePath, Path: signature.Path(path % 3)}
		key := signature.NewKey(secret)
		r := signature.Request{Method: method, Target: target, Timestamp: timestamp, Body: body, Host: "host"}
		right := scheme.Sign(key, r)
		text := strings.ToUpper(method) + scheme.Target(target) + timestamp + string(body)
		if want := withSecret(secret, text); right != want {
			t.Fatalf("signature %s, want %s", right, want)
		}
		accepted := map[string]bool{right: true}
		if scheme.Path == signature.Either {
			accepted[(signature.Scheme{BasePath: basePath, Path: signature.Full}).Sign(key, r)] = true
		}
		for _, h := range []string{header, right, right[7:], right + header} {
			prefix, digest := h[:min(7, len(h))], h[min(7, len(h)):]
			want := accepted[prefix+strings.ToLower(digest)]
			if got := scheme.Verify(key, h, r); got != want {
				t.Fatalf("%q: accepted is %v, want %v", h, got, want)
			}
			streamed := scheme.Digest(key, r)
			_, _ = streamed.Write(body)
			if got := streamed.Verify(h); got != want {
				t.Fatalf("%q, streamed: accepted is %v, want %v", h, got, want)
			}
			checkDiagnosis(t, diagnose.Explain(scheme, key, h, r), want)
			checkDiagnosis(t, diagnose.ExplainUpload(streamed, h), want)
		}
	})
}

func checkDiagnosis(t *testing.T, d diagnose.Diagnosis, accepted bool) {
	t.Helper()
	if accepted && d.Hint != "" {
		t.Errorf("a right signature is explained: %q", d.Hint)
	}
	for _, text := range []string{d.StringToSign, d.Hint} {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q cannot be printed", text)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	key := signature.NewKey(secret)
	for name, body := range map[string]string{
		"no body": "", "small body": `{"phone":"96650000000","body":"Hello"}`,
		"1 MiB of JSON": "[" + strings.Repeat(`"<",`, 1<<18-2) + "1]", "64 KiB of JSON": "[" + strings.Repeat(`"<",`, 1<<14-2) + "1]",
	} {
		b.Run(name, func(b *testing.B) {
			r := listRequest()
			r.Body = []byte(body)
			for b.Loop() {
				diagnose.Explain(signature.Scheme{BasePath: basePath}, key, signed("something else"), r)
			}
		})
	}
}
