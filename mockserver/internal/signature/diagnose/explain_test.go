package diagnose_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
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

// mistake is a request that was signed in a wrong way, and a part of the hint that must name it.
type mistake struct {
	name string
	path signature.Path
	// what arrives; the method is GET without a body, else POST
	target, timestamp, body string
	header                  string
	hint                    string
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

func pathMistakes() []mistake {
	return []mistake{
		{name: "full path", target: list, header: signed("GET" + basePath + list + now), hint: "the full path was signed"},
		{name: "relative path", path: signature.Full, target: list, header: signed(listSent), hint: "without the base path /api/developer"},
		{name: "path decoded", target: "/a%31?b=c", header: signed("GET/a1?b=c" + now), hint: "path was signed decoded"},
		{name: "path decoded, no query", target: "/a%31", header: signed("GET/a1" + now), hint: "path was signed decoded"},
		{name: "slash added", target: list, header: signed("GET/conversations/?phone_number_id=1&status=" + now), hint: "a / at the end"},
		{name: "slash cut", target: "/templates/", header: signed("GET/templates" + now), hint: "a / at the end"},
		{name: "no leading slash", target: list, header: signed("GET" + list[1:] + now), hint: "the / at the beginning"},
		{name: "URL", target: list, header: signed("GEThttp://127.0.0.1:4010" + basePath + list + now), hint: "whole URL"},
		{name: "vendor's URL", target: list, header: signed("GEThttps://api.awalchat.com" + basePath + list + now), hint: "whole URL"},
		{name: "host", path: signature.Full, target: list, header: signed("GET127.0.0.1:4010" + basePath + list + now), hint: "whole URL"},
	}
}

func queryMistakes() []mistake {
	with := func(query string) string { return signed("GET/conversations?" + query + now) }
	const sent = "/conversations?"
	return []mistake{
		{name: "no question mark", target: list, header: signed("GET/conversationsphone_number_id=1&status=" + now), hint: "the ? before the query"},
		{
			name: "no question mark and full path", target: list,
			header: signed("GET" + basePath + "/conversationsphone_number_id=1&status=" + now), hint: "; the ? before the query",
		},
		{name: "no query", target: list, header: signed("GET/conversations" + now), hint: "the query was left out"},
		{name: "question mark without query", target: "/templates", header: signed("GET/templates?" + now), hint: "a ? was signed"},
		{name: "bare question mark left out", target: "/templates?", header: signed("GET/templates" + now), hint: "? before the query was left out"},
		{name: "decoded", target: sent + "s=%D8%A3", header: with("s=أ"), hint: "signed decoded"},
		{name: "decoded, plus", target: sent + "s=a+b", header: with("s=a b"), hint: "signed decoded"},
		{name: "decoded, plus kept", target: sent + "s=%2B+b", header: with("s=++b"), hint: "signed decoded"},
		{name: "spaces as plus", target: sent + "s=a%20b%2F", header: with("s=a+b%2F"), hint: "signed as + and sent as %20"},
		{name: "spaces as percent", target: sent + "s=a+b%2F", header: with("s=a%20b%2F"), hint: "signed as %20 and sent as +"},
		{name: "form encoding", target: sent + "s=a%20b(!)", header: with("s=a+b%28%21%29"), hint: "encoded again"},
		{name: "encodeURIComponent", target: sent + "s=a+b%28%21/%29", header: with("s=a%20b(!%2F)"), hint: "encoded again"},
		{name: "encoded, raw sent", target: sent + "s=أ&x", header: with("s=%D8%A3&x"), hint: "encoded again"},
		{name: "upper-case digits", target: sent + "s=%d8%a3%2f/", header: with("s=%D8%A3%2F/"), hint: "encoded again"},
		{name: "lower-case digits", target: sent + "s=%D8%A3", header: with("s=%d8%a3"), hint: "encoded again"},
		{name: "twice", target: sent + "s=%D8", header: with("s=%25D8"), hint: "encoded twice"},
		{name: "sorted", target: sent + "s=%zz&p=1", header: with("p=1&s=%zz"), hint: "another order"},
		{name: "sorted and encoded", target: sent + "s=a%20b&p=1", header: with("p=1&s=a+b"), hint: "another order"},
		{name: "axios sent, URLSearchParams signed", target: sent + "s=a:b,c$d*~+e", header: with("s=a%3Ab%2Cc%24d*%7E+e"), hint: "encoded again"},
		{name: "URLSearchParams sent, axios signed", target: sent + "s=a%3Ab%2Cc%24d+e", header: with("s=a:b,c$d+e"), hint: "signed"},
		{name: "empty left out", target: list, header: with("phone_number_id=1"), hint: "without a value"},
	}
}

func bodyMistakes() []mistake {
	const sent = `{"phone": "1", "body": "<\u0645 é/👋>"}`
	with := func(body string) string { return signed("POST" + send + now + body) }
	hashed := sha256.Sum256([]byte(sent))
	rows := []mistake{
		{name: "left out", header: with(""), hint: "the body was left out"},
		{name: "left out and full path", header: signed("POST" + basePath + send + now), hint: "; the body was left out"},
		{name: "compact", header: with(`{"phone":"1","body":"<\u0645 é/👋>"}`), hint: "without spaces)"},
		{name: "JSON.stringify", header: with(`{"phone":"1","body":"<م é/👋>"}`), hint: "JSON.stringify"},
		{name: "json.Marshal of a map", header: with(`{"body":"\u003cم é/👋\u003e","phone":"1"}`), hint: "keys sorted and <"},
		{name: "json.Marshal of a struct", header: with(`{"phone":"1","body":"\u003cم é/👋\u003e"}`), hint: "(<, >, & escaped"},
		{name: "sorted", header: with(`{"body":"<م é/👋>","phone":"1"}`), hint: "(keys sorted)"},
		{name: "json.dumps", header: with(`{"phone": "1", "body": "<\u0645 \u00e9/\ud83d\udc4b>"}`), hint: "Python"},
		{name: "spaced", header: with(`{"phone": "1", "body": "<م é/👋>"}`), hint: "(with spaces)"},
		{name: "json_encode", header: with(`{"phone":"1","body":"<\u0645 \u00e9\/\ud83d\udc4b>"}`), hint: "PHP"},
		{name: "indented", header: with("{\n  \"phone\": \"1\",\n  \"body\": \"<م é/👋>\"\n}"), hint: "indented by 2"},
		{name: "indented more", header: with("{\n    \"phone\": \"1\",\n    \"body\": \"<م é/👋>\"\n}"), hint: "indented by 4"},
		{name: "line feed", header: with(sent + "\n"), hint: "line feed was signed"},
		{name: "hash", header: with(hex.EncodeToString(hashed[:])), hint: "a hash of the body"},
	}
	for i := range rows {
		rows[i].target, rows[i].body = send, sent
	}
	rows = append(
		rows,
		mistake{name: "trimmed", target: send, body: "x\n", header: with("x"), hint: "white space around the body"},
		mistake{name: "line separators", target: send, body: `{"a": "\u2028\u2029"}`, header: with("{\"a\":\"\u2028\u2029\"}"), hint: "JSON.stringify"},
		mistake{name: "slashes escaped in what is sent", target: send, body: `{"a":"\u0645\/"}`, header: with(`{"a":"\u0645/"}`), hint: "encoded otherwise: /"},
		mistake{name: "slashes escaped in what is signed", target: send, body: `{"a":"م/"}`, header: with(`{"a":"م\/"}`), hint: `encoded otherwise: \/`},
		mistake{name: "ASCII", target: send, body: `{"a":"مم"}`, header: with(`{"a":"??"}`), hint: "? in the place"},
		mistake{name: "CR LF", target: send, body: "x\r\ny", header: with("x\ny"), hint: "CR LF"},
	)
	for _, nothing := range []string{"{}", "null", "undefined", "[]", `""`, "None"} {
		rows = append(rows, mistake{name: "no body but " + nothing, target: list, header: signed(listSent + nothing), hint: "but " + nothing + " was signed"})
	}
	return rows
}

func otherMistakes() []mistake {
	plain := func(text string) string { return fmt.Sprintf("sha256=%x", sha256.Sum256([]byte(text))) }
	const get = "GET" + list
	rows := []mistake{
		{name: "method in lower case", header: signed("get" + list + now), hint: "lower case"},
		{name: "no method", header: signed(list + now), hint: "method was left out"},
		{name: "no timestamp", header: signed(get), hint: "timestamp was left out"},
		{name: "a second later", header: signed(get + "1704124801"), hint: "the clock was read twice"},
		{name: "a second earlier", header: signed(get + "1704124799"), hint: "the clock was read twice"},
		{name: "milliseconds sent", timestamp: now + "123", header: signed(get + now), hint: "seconds were signed but milliseconds sent"},
		{name: "milliseconds signed", header: signed(get + now + "987"), hint: "milliseconds were signed but seconds sent"},
		{name: "timestamp before the query", header: signed("GET/conversations" + now + list[len("/conversations"):]), hint: "the order is wrong"},
		{name: "timestamp first", header: signed(now + listSent[:len(listSent)-len(now)]), hint: "the order is wrong"},
		{name: "timestamp and body", header: signed(now), hint: "only the body, or"},
		{name: "body", header: signed(""), hint: "only the body, or"},
		{name: "line feeds", header: signed("GET\n" + list + "\n" + now + "\n"), hint: "something stands between"},
		{name: "full stops", header: signed("GET./conversations." + list[len("/conversations"):] + "." + now + "."), hint: "something stands between"},
		{name: "line feed in the secret", header: withSecret(secret+"\n", listSent), hint: "with a line feed at its end"},
		{name: "CR LF in the secret", header: withSecret(secret+"\r\n", listSent), hint: "with a line feed at its end"},
		{name: "space in the secret", header: withSecret(secret+" ", listSent), hint: "with a space at its end"},
		{name: "quotes around the secret", header: withSecret(`"`+secret+`"`, listSent), hint: "with quotes around it"},
		{name: "apostrophes around the secret", header: withSecret("'"+secret+"'", listSent), hint: "with quotes around it"},
		{name: "no secret", header: withSecret("", listSent), hint: "an empty secret"},
		{name: "undefined secret", header: withSecret("undefined", listSent), hint: "the word undefined"},
		{name: "no HMAC", header: plain(listSent), hint: "a plain SHA-256"},
		{name: "no HMAC, secret in front", header: plain(secret + listSent), hint: "a plain SHA-256"},
		{name: "no HMAC, secret behind", header: plain(listSent + secret), hint: "a plain SHA-256"},
		{name: "another secret", header: withSecret("guess", listSent), hint: ""},
		{name: "garbage", header: "sha256=" + strings.Repeat("0", 64), hint: ""},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

func writingMistakes() []mistake {
	digest := hmacOf(secret, listSent)
	text := hex.EncodeToString(digest)
	std := base64.StdEncoding.EncodeToString(digest)
	wrong := strings.Repeat("0", 64)
	rows := []mistake{
		{name: "no prefix", header: text, hint: "the prefix sha256= is missing"},
		{name: "prefix in upper case", header: "SHA256=" + text, hint: "exactly this form"},
		{name: "prefix with a colon", header: "sha256: " + text, hint: "exactly this form"},
		{name: "prefix of HMAC", header: "HMAC-SHA256 " + text, hint: "exactly this form"},
		{name: "prefix twice", header: "sha256=sha256=" + text, hint: "stands twice"},
		{name: "quoted", header: `"sha256=` + text + `"`, hint: "quotes or spaces"},
		{name: "base64", header: "sha256=" + std, hint: "in base64: send"},
		{name: "base64 without prefix", header: std, hint: "is missing; the digest is in base64"},
		{name: "base64 for URLs", header: "sha256=" + base64.RawURLEncoding.EncodeToString(digest), hint: "in base64: send"},
		{name: "base64 of digits", header: "sha256=" + base64.StdEncoding.EncodeToString([]byte(text)), hint: "once more"},
		{name: "base64 and full path", header: "sha256=" + base64.StdEncoding.EncodeToString(hmacOf(secret, "GET"+basePath+list+now)), hint: "in base64: send it as 64 hexadecimal digits; the full path was signed"},
		{name: "no prefix and wrong", header: wrong, hint: "is missing; and the digest does not fit"},
		{name: "SHA-1", header: "sha256=" + wrong[:40], hint: "40 characters, the length of SHA-1"},
		{name: "SHA-512", header: "sha512=" + wrong + wrong, hint: "64 hexadecimal digits"},
		{name: "cut", header: "sha256=" + text[:63], hint: "63 characters"},
		{name: "no digest", header: "sha256=", hint: "0 characters"},
		{name: "words", header: "sha256=abc...", hint: "64 hexadecimal digits; it has 6"},
	}
	for i := range rows {
		rows[i].target = list
	}
	return rows
}

func TestAMistakeIsNamed(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	for group, rows := range map[string][]mistake{
		"path": pathMistakes(), "query": queryMistakes(), "body": bodyMistakes(), "other": otherMistakes(), "writing": writingMistakes(),
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
				mustNotReveal(t, got, secret, scheme.Sign(key, r))
			})
		}
	}
}

func mustNotReveal(t *testing.T, d diagnose.Diagnosis, secret, header string) {
	t.Helper()
	text := strings.ToLower(d.StringToSign + d.Hint)
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
