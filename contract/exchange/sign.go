package exchange

import (
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
	"time"
)

// Names of the four headers of authentication (vendor page api/authentication/required-headers).
const (
	HeaderSignature = "X-Awal-Signature-256"
	HeaderTimestamp = "X-Timestamp"
	HeaderDomain    = "X-Domain"
	HeaderClient    = "X-Client-ID"
)

func AuthHeaders() []string {
	return []string{HeaderSignature, HeaderTimestamp, HeaderDomain, HeaderClient}
}

// Digest is the hexadecimal HMAC-SHA256 of a string to sign (vendor page api/authentication/generate-hmac-signature).
func Digest(secret, stringToSign string) string {
	return toSign{head: stringToSign}.digest(sha256.New, secret)
}

// toSign is a string to sign: what comes before the body, and the body, which may be large.
type toSign struct {
	head string
	body []byte
}

func (s toSign) digest(hash func() hash.Hash, secret string) string {
	mac := hmac.New(hash, []byte(secret))
	mac.Write([]byte(s.head))
	mac.Write(s.body)
	return hex.EncodeToString(mac.Sum(nil))
}

// Signing says how a request is signed. The zero value signs as the contract says; each field is a deviation.
type Signing struct {
	Secret        *string // another secret
	KeyHeader     string  // the header whose value is used as the secret, which no server may accept; "": none
	Method        *string // sign these instead of what is sent
	Path          *string // relative to the base URL
	Query         *string // without "?"; empty: no query
	Body          *string
	Shift         time.Duration  // X-Timestamp is so much later than now
	SignShift     int            // and what is signed is so many seconds later than X-Timestamp
	TimestampForm *TimestampForm // X-Timestamp in another form than decimal seconds
	Tampering     *Tampering     // the digest, changed
	Value         *string        // the whole header, instead of a signature
	Wrap          *Wrapping      // the right digest in another form
	Lower         bool           // the names of the four headers in small letters
	Drop          string         // a header that is left out
	Empty         string         // a header that is sent empty
	Anonymous     bool           // none of the four headers
	Domain        *string        // another workspace
	Client        *string        // another client
	AsSecond      bool           // the second client's credentials
	As            *Credentials   // those of a workspace that the suite made
	WithSecond    bool           // the first client's names, the second one's secret
	WithFirst     bool           // the second client's names, the first one's secret
}

// A Wrapping writes the signature in another form than sha256= and the HMAC-SHA256.
type Wrapping struct {
	Prefix string
	Hash   crypto.Hash // of another HMAC; 0: SHA-256
	Plain  bool        // the SHA-256 itself, without a key
}

// algorithm returns the name of the hash in openssl.
func (w *Wrapping) algorithm() string {
	if w == nil || w.Hash == 0 {
		return "sha256"
	}
	return strings.ToLower(strings.ReplaceAll(w.Hash.String(), "-", ""))
}

// before is the text before the digest.
func (w *Wrapping) before() string {
	if w == nil {
		return "sha256="
	}
	return w.Prefix
}

// inCase writes a header's name in small letters.
func inCase(lower bool, header, name string) string {
	if lower {
		return strings.Replace(header, name, strings.ToLower(name), 1)
	}
	return header
}

// value is the whole header.
func (w *Wrapping) value(secret string, text toSign) string {
	switch {
	case w.Plain:
		sum := sha256.Sum256(append([]byte(text.head), text.body...))
		return w.Prefix + hex.EncodeToString(sum[:])
	case w.Hash == 0:
		return w.Prefix + text.digest(sha256.New, secret)
	}
	return w.Prefix + text.digest(w.Hash.New, secret)
}

// A TimestampForm writes a timestamp in another form; shell does the same to $ts.
type TimestampForm struct {
	Name, shell string
	write       func(seconds int64) string
}

func TimestampForms() []TimestampForm {
	return []TimestampForm{
		{"a word", "ts=now", func(int64) string { return "now" }},
		{"the seconds followed by letters", "ts=${ts}abc", func(s int64) string { return strconv.FormatInt(s, 10) + "abc" }},
		{"the seconds with a fraction", "ts=${ts}.5", func(s int64) string { return strconv.FormatInt(s, 10) + ".5" }},
		{"the seconds in hexadecimal", "ts=$(printf 0x%x $ts)", func(s int64) string { return "0x" + strconv.FormatInt(s, 16) }},
		{"an RFC 3339 time", "ts=$(date -u +%Y-%m-%dT%H:%M:%SZ)", func(s int64) string { return time.Unix(s, 0).UTC().Format(time.RFC3339) }},
	}
}

// Milliseconds is an integer that no second of the next 50,000 years has.
func Milliseconds() TimestampForm {
	return TimestampForm{"the time in milliseconds", "ts=${ts}000", func(s int64) string { return strconv.FormatInt(s, 10) + "000" }}
}

// A Tampering changes a right digest into a wrong one; shell is a filter that does the same.
type Tampering struct {
	Name, shell string
	do          func(hexDigest string) string
}

func otherDigit(c byte) string {
	if c == '0' {
		return "1"
	}
	return "0"
}

func Tamperings() []Tampering {
	return []Tampering{
		{"its last digit changed", `sed -E 's/0$/1/;t;s/.$/0/'`, func(d string) string { return d[:63] + otherDigit(d[63]) }},
		{"its first digit changed", `sed -E 's/^0/1/;t;s/^./0/'`, func(d string) string { return otherDigit(d[0]) + d[1:] }},
		{"its 33rd digit changed", `sed -E 's/^(.{32})0/\11/;t;s/^(.{32})./\10/'`, func(d string) string { return d[:32] + otherDigit(d[32]) + d[33:] }},
		{"its last digit cut off", "cut -c1-63", func(d string) string { return d[:63] }},
		{"its second half cut off", "cut -c1-32", func(d string) string { return d[:32] }},
		{"two digits added", "sed 's/$/00/'", func(d string) string { return d + "00" }},
	}
}

// own are the credentials of the client that sends the request.
func (s Signing) own(target *Target) Credentials {
	switch {
	case s.AsSecond:
		return target.Second
	case s.As != nil:
		return *s.As
	}
	return target.First
}

// OtherWorkspace reports whether the request is sent by a client of another workspace than that of --domain.
func (s Signing) OtherWorkspace() bool { return s.AsSecond || s.As != nil }

// headers are the four headers for a request, and the digest that would have been right for what is sent.
func (r *Request) headers(target *Target, seconds int64) (map[string]string, string) {
	s, own := r.Sign, r.Sign.own(target)
	sent := seconds + int64(s.Shift/time.Second)
	stamp := strconv.FormatInt(sent, 10)
	signedStamp := strconv.FormatInt(sent+int64(s.SignShift), 10)
	if s.TimestampForm != nil {
		stamp = s.TimestampForm.write(sent)
		signedStamp = stamp
	}
	right := toSign{r.Method + target.signedPath(r.Path) + QuestionMark(r.Query) + stamp, r.signedBody(target)}
	made := toSign{or(s.Method, r.Method) + target.signedPath(or(s.Path, r.Path)) + QuestionMark(or(s.Query, r.Query)) + signedStamp, right.body}
	if s.Body != nil {
		made.body = []byte(*s.Body)
	}
	secret := s.secret(own, target)
	rightDigest := right.digest(sha256.New, own.HMACSecret)
	hexDigest := rightDigest
	if s.Body != nil || made.head != right.head || secret != own.HMACSecret {
		hexDigest = made.digest(sha256.New, secret)
	}
	if s.Tampering != nil {
		hexDigest = s.Tampering.do(hexDigest)
	}
	signature := "sha256=" + hexDigest
	if s.Wrap != nil {
		signature = s.Wrap.value(secret, made)
	}
	out := map[string]string{
		HeaderSignature: or(s.Value, signature),
		HeaderTimestamp: stamp,
		HeaderDomain:    or(s.Domain, own.Domain),
		HeaderClient:    or(s.Client, own.ClientID),
	}
	if s.Empty != "" {
		out[s.Empty] = ""
	}
	delete(out, s.Drop)
	if s.Anonymous {
		clear(out)
	}
	return out, rightDigest
}

// secret is the secret with which a client with these credentials signs.
func (s Signing) secret(own Credentials, target *Target) string {
	switch {
	case s.KeyHeader == HeaderDomain:
		return own.Domain
	case s.KeyHeader != "":
		return own.ClientID
	case s.Secret != nil:
		return *s.Secret
	case s.WithSecond:
		return target.Second.HMACSecret
	case s.WithFirst:
		return target.First.HMACSecret
	}
	return own.HMACSecret
}

// signedBody is the body as the string to sign has it.
func (r *Request) signedBody(target *Target) []byte {
	if target.EmptyUpload && r.isForm() {
		return nil
	}
	return r.Body
}

func (r *Request) isForm() bool { return strings.HasPrefix(r.Header["Content-Type"], MediaForm) }

func QuestionMark(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

func or(instead *string, usual string) string {
	if instead != nil {
		return *instead
	}
	return usual
}

// Base64Of is the digest in the form that some clients send by mistake.
func Base64Of(hexDigest string) string {
	raw, err := hex.DecodeString(hexDigest)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw)
}
