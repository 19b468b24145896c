package signature_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/signature"
)

const (
	basePath = "/api/developer"
	secret   = "your-hmac-secret"
	now      = "1704124800"
)

// vector is an entry of fixtures/signatures.json, whose digests OpenSSL made.
type vector struct {
	Name, Secret, Method, Target, Timestamp, Body, Signature string

	SignedPath   signature.Path `json:"signed_path"`
	StringToSign string         `json:"string_to_sign"`
}

func (v vector) request() signature.Request {
	return signature.Request{Method: v.Method, Target: v.Target, Timestamp: v.Timestamp, Body: []byte(v.Body)}
}

func vectors(t *testing.T) []vector {
	t.Helper()
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(fixtures.SignatureVectors(), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) < 20 {
		t.Fatalf("%d vectors, at least 20 were written", len(file.Vectors))
	}
	return file.Vectors
}

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

const listText = "GET/conversations?phone_number_id=123456&status=unread" + now

func TestEveryVectorIsSignedAndVerified(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			r := v.request()
			if got := "sha256=" + hex.EncodeToString(hmacOf(v.Secret, v.StringToSign)); got != v.Signature {
				t.Errorf("the vector's own string to sign gives %s, not %s", got, v.Signature)
			}
			if got := signature.Sign(v.Secret, r); got != v.Signature {
				t.Errorf("signature %s, want %s", got, v.Signature)
			}
			if !signature.NewKey(v.Secret).Verify(v.Signature, r) {
				t.Error("the right signature was refused")
			}
			if signature.NewKey(v.Secret+"x").Verify(v.Signature, r) {
				t.Error("the signature of another secret was accepted")
			}
		})
	}
}

func TestEveryVectorIsVerifiedBehindTheBasePath(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		r := v.request()
		if v.SignedPath == signature.Relative {
			r.Target = basePath + v.Target
		}
		key := signature.NewKey(v.Secret)
		for _, path := range []signature.Path{signature.Relative, signature.Full, signature.Either} {
			scheme := signature.Scheme{BasePath: basePath, Path: path}
			want := path == v.SignedPath || path == signature.Either
			if got := scheme.Verify(key, v.Signature, r); got != want {
				t.Errorf("%s: signed path %v: accepted is %v, want %v", v.Name, path, got, want)
			}
			streamed := scheme.Digest(key, r)
			for _, piece := range strings.SplitAfter(v.Body, " ") {
				fmt.Fprint(streamed, piece)
			}
			if got := streamed.Verify(v.Signature); got != want {
				t.Errorf("%s: signed path %v, streamed: accepted is %v, want %v", v.Name, path, got, want)
			}
			if streamed.Size() != int64(len(v.Body)) {
				t.Errorf("%s: size %d, want %d", v.Name, streamed.Size(), len(v.Body))
			}
			if streamed.Verify(strings.ToUpper(v.Signature)) {
				t.Errorf("%s: streamed, a prefix in upper case was accepted", v.Name)
			}
			if path == v.SignedPath && (scheme.Sign(key, r) != v.Signature || !streamed.Verify(v.Signature)) {
				t.Errorf("%s: signed path %v: another signature was made", v.Name, path)
			}
		}
	}
}

func TestOnlyThePrefixInItsCaseAndSixtyFourHexDigitsAreAccepted(t *testing.T) {
	t.Parallel()
	right := signed(listText)
	digest := strings.TrimPrefix(right, "sha256=")
	key := signature.NewKey(secret)
	scheme := signature.Scheme{BasePath: basePath}
	for header, want := range map[string]bool{
		right:                               true,
		"sha256=" + strings.ToUpper(digest): true,
		"sha256=" + strings.ToUpper(digest[:32]) + digest[32:]: true,

		"":                              false,
		"sha256=":                       false,
		digest:                          false,
		"SHA256=" + digest:              false,
		"Sha256=" + digest:              false,
		"sha1=" + digest:                false,
		"sha256:" + digest:              false,
		"sha256= " + digest:             false,
		" " + right:                     false,
		right + " ":                     false,
		right + "0":                     false,
		right + "00":                    false,
		right[:len(right)-1]:            false,
		right[:len(right)-2]:            false,
		right[:len(right)-1] + "g":      false,
		right[:len(right)-2] + "é":      false,
		"sha256=" + right:               false,
		"sha256=" + digest[2:] + "00":   false,
		"sha256=0x" + digest[:62]:       false,
		"sha256=" + digest + digest:     false,
		strings.Repeat("0", len(right)): false,
	} {
		if got := scheme.Verify(key, header, listRequest()); got != want {
			t.Errorf("%q: accepted is %v, want %v", header, got, want)
		}
	}
}

func TestEveryPartIsCoveredByTheSignature(t *testing.T) {
	t.Parallel()
	r := signature.Request{Method: "POST", Target: "/a?b=c", Timestamp: now, Body: []byte("body")}
	header := signature.Sign(secret, r)
	for name, change := range map[string]func(*signature.Request){
		"method":    func(r *signature.Request) { r.Method = "PUT" },
		"path":      func(r *signature.Request) { r.Target = "/A?b=c" },
		"query":     func(r *signature.Request) { r.Target = "/a?b=d" },
		"timestamp": func(r *signature.Request) { r.Timestamp = "1704124801" },
		"body":      func(r *signature.Request) { r.Body = []byte("Body") },
		"no body":   func(r *signature.Request) { r.Body = nil },
	} {
		changed := r
		change(&changed)
		if signature.NewKey(secret).Verify(header, changed) {
			t.Errorf("%s: a changed request was accepted", name)
		}
	}
}

func TestEveryBitOfTheDigestIsCompared(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	r := signature.Request{Method: "GET", Target: "/", Timestamp: now}
	digest := hmacOf(secret, "GET/"+now)
	for bit := range 8 * len(digest) {
		flipped := append([]byte(nil), digest...)
		flipped[bit/8] ^= 1 << (bit % 8)
		if key.Verify("sha256="+hex.EncodeToString(flipped), r) {
			t.Errorf("a digest with bit %d flipped was accepted", bit)
		}
	}
}

func TestTheMethodIsSignedInUpperCase(t *testing.T) {
	t.Parallel()
	r := listRequest()
	r.Method, r.Target = "get", "/conversations?phone_number_id=123456&status=unread"
	if got := signature.Sign(secret, r); got != signed(listText) {
		t.Errorf("signature %s, want that of the upper-case method", got)
	}
}

func TestTheTargetIsCutAtTheBasePathOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, raw, relative, full string }{
		{"/api/developer", "/api/developer/conversations?a=b", "/conversations?a=b", "/api/developer/conversations?a=b"},
		{"/api/developer/", "/api/developer/conversations", "/conversations", "/api/developer/conversations"},
		{"/api/developer", "/api/developers/x", "/api/developers/x", "/api/developers/x"},
		{"/api/developer", "/other", "/other", "/other"},
		{"/api/developer", "/api/developer", "", "/api/developer"},
		{"/api/developer", "/api/developer?a", "?a", "/api/developer?a"},
		{"/api/developer", "/api/developer//x%2Fy?q=%d9", "//x%2Fy?q=%d9", "/api/developer//x%2Fy?q=%d9"},
		{"/api/developer", "http://h:1/api/developer/x?u=http://y/", "/x?u=http://y/", "/api/developer/x?u=http://y/"},
		{"/api/developer", "http://h", "/", "/"},
		{"/api/developer", "http://h?a=b", "/?a=b", "/?a=b"},
		{"/api/developer", "*", "*", "*"},
		{"", "/hook?x=http://y/", "/hook?x=http://y/", "/hook?x=http://y/"},
		{"/", "/hook", "/hook", "/hook"},
	} {
		for path, want := range map[signature.Path]string{
			signature.Relative: c.relative, signature.Full: c.full, signature.Either: c.relative,
		} {
			if got := (signature.Scheme{BasePath: c.base, Path: path}).Target(c.raw); got != want {
				t.Errorf("base %q, %v: target of %q is %q, want %q", c.base, path, c.raw, got, want)
			}
		}
	}
}

func TestASignedPathHasThreeNames(t *testing.T) {
	t.Parallel()
	for _, p := range []signature.Path{signature.Relative, signature.Full, signature.Either} {
		got := signature.Path(-1)
		if err := got.UnmarshalText([]byte(p.String())); err != nil || got != p {
			t.Errorf("%s was read as %v, %v", p, got, err)
		}
	}
	for _, wrong := range []string{"", "Relative", "full ", "both"} {
		var p signature.Path
		if err := p.UnmarshalText([]byte(wrong)); err == nil || !strings.Contains(err.Error(), "relative, full or either") {
			t.Errorf("%q: error %v, want one that lists the names", wrong, err)
		}
	}
	if got := signature.Path(7).String(); got != "Path(7)" {
		t.Errorf("an unknown path prints as %s", got)
	}
}

func TestAKeyNeverPrintsItsSecret(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	key.Sign(listRequest())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text := fmt.Sprintf(verb, key) + fmt.Sprintf(verb, []*signature.Key{key})
		if strings.Contains(text, secret) || strings.Contains(text, hex.EncodeToString([]byte(secret))) || strings.Contains(text, fmt.Sprint([]byte(secret))) {
			t.Errorf("%s prints the secret: %s", verb, text)
		}
	}
	if text, err := json.Marshal(key); err != nil || strings.Contains(string(text), secret) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
}

func TestAKeyServesManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	key := signature.NewKey(secret)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 200 {
				target := fmt.Sprintf("/conversations/%d?phone_number_id=%d", i, j)
				r := signature.Request{Method: "GET", Target: target, Timestamp: now}
				if got, want := key.Sign(r), signed("GET"+target+now); got != want || !key.Verify(want, r) {
					t.Errorf("%s: signature %s, want %s", target, got, want)
				}
			}
		})
	}
	group.Wait()
}

func BenchmarkVerify(b *testing.B) {
	key := signature.NewKey(secret)
	r, header := listRequest(), signed(listText)
	for _, path := range []signature.Path{signature.Relative, signature.Either} {
		scheme := signature.Scheme{BasePath: basePath, Path: path}
		b.Run(path.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !scheme.Verify(key, header, r) {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkSign(b *testing.B) {
	key := signature.NewKey(secret)
	r := listRequest()
	b.ReportAllocs()
	for b.Loop() {
		key.Sign(r)
	}
}

func BenchmarkDigest(b *testing.B) {
	key := signature.NewKey(secret)
	body := make([]byte, 1<<20)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d := signature.Scheme{BasePath: basePath}.Digest(key, listRequest())
		_, _ = d.Write(body)
		d.Verify("sha256=" + strings.Repeat("0", 64))
	}
}
