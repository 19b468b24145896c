package suite

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names of the four headers of authentication (vendor page api/authentication/required-headers).
const (
	headerSignature = "X-Awal-Signature-256"
	headerTimestamp = "X-Timestamp"
	headerDomain    = "X-Domain"
	headerClient    = "X-Client-ID"
)

func authHeaders() []string {
	return []string{headerSignature, headerTimestamp, headerDomain, headerClient}
}

// digest is the hexadecimal HMAC-SHA256 of a string to sign (vendor page api/authentication/generate-hmac-signature).
func digest(secret, stringToSign string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stringToSign))
	return hex.EncodeToString(mac.Sum(nil))
}

// signing says how a request is signed. The zero value signs it as the contract says; each field is one way to do it otherwise.
type signing struct {
	secret     *string // another secret
	method     *string // sign these instead of what is sent
	path       *string // relative to the base URL
	query      *string // without "?"; empty: no query
	body       *string
	shift      time.Duration // X-Timestamp is so much later than now
	signShift  int           // and what is signed is so many seconds later than X-Timestamp
	form       *stampForm    // X-Timestamp in another form than decimal seconds
	mangle     *mangle       // the digest, changed
	value      *string       // the whole header, instead of a signature
	drop       string        // a header that is left out
	empty      string        // a header that is sent empty
	anonymous  bool          // none of the four headers
	domain     *string       // another workspace
	client     *string       // another client
	asSecond   bool          // the second client's credentials
	as         *Credentials  // those of a workspace that the suite made
	withSecond bool          // the first client's names, the second one's secret
}

// A stampForm writes a timestamp in another form; shell does the same to $ts.
type stampForm struct {
	name, shell string
	write       func(seconds int64) string
}

func stampForms() []stampForm {
	return []stampForm{
		{"a word", "ts=now", func(int64) string { return "now" }},
		{"the seconds with letters behind them", "ts=${ts}abc", func(s int64) string { return strconv.FormatInt(s, 10) + "abc" }},
		{"the seconds with a fraction", "ts=${ts}.5", func(s int64) string { return strconv.FormatInt(s, 10) + ".5" }},
		{"an RFC 3339 time", "ts=$(date -u +%Y-%m-%dT%H:%M:%SZ)", func(s int64) string { return time.Unix(s, 0).UTC().Format(time.RFC3339) }},
	}
}

// A mangle changes a right digest into a wrong one; shell is a filter that does the same.
type mangle struct {
	name, shell string
	do          func(hexDigest string) string
}

func otherDigit(c byte) string {
	if c == '0' {
		return "1"
	}
	return "0"
}

func wholeMangles() []mangle {
	return []mangle{
		{"its last digit changed", `sed -E 's/0$/1/;t;s/.$/0/'`, func(d string) string { return d[:63] + otherDigit(d[63]) }},
		{"its first digit changed", `sed -E 's/^0/1/;t;s/^./0/'`, func(d string) string { return otherDigit(d[0]) + d[1:] }},
		{"its 33rd digit changed", `sed -E 's/^(.{32})0/\11/;t;s/^(.{32})./\10/'`, func(d string) string { return d[:32] + otherDigit(d[32]) + d[33:] }},
		{"its last digit cut off", "cut -c1-63", func(d string) string { return d[:63] }},
		{"its second half cut off", "cut -c1-32", func(d string) string { return d[:32] }},
		{"two digits added", "sed 's/$/00/'", func(d string) string { return d + "00" }},
	}
}

// own are the credentials of who asks.
func (s signing) own(target *target) Credentials {
	switch {
	case s.asSecond:
		return target.second
	case s.as != nil:
		return *s.as
	}
	return target.first
}

// elsewhere tells that a request is about another workspace than the one that is checked.
func (s signing) elsewhere() bool { return s.asSecond || s.as != nil }

// headers are the four headers for a request, and the string whose digest would have been right for what is sent.
func (r *request) headers(target *target, seconds int64) (map[string]string, string) {
	s, own := r.sign, r.sign.own(target)
	secret := own.HMACSecret
	if s.withSecond {
		secret = target.second.HMACSecret
	}
	sent := seconds + int64(s.shift/time.Second)
	stamp := strconv.FormatInt(sent, 10)
	signedStamp := strconv.FormatInt(sent+int64(s.signShift), 10)
	if s.form != nil {
		stamp = s.form.write(sent)
		signedStamp = stamp
	}
	right := r.method + target.signedPath(r.path) + questionMark(r.query) + stamp + r.signedBody(target)
	made := or(s.method, r.method) + target.signedPath(or(s.path, r.path)) + questionMark(or(s.query, r.query)) + signedStamp + or(s.body, r.signedBody(target))
	hexDigest := digest(or(s.secret, secret), made)
	if s.mangle != nil {
		hexDigest = s.mangle.do(hexDigest)
	}
	out := map[string]string{
		headerSignature: or(s.value, "sha256="+hexDigest),
		headerTimestamp: stamp,
		headerDomain:    or(s.domain, own.Domain),
		headerClient:    or(s.client, own.ClientID),
	}
	if s.empty != "" {
		out[s.empty] = ""
	}
	delete(out, s.drop)
	if s.anonymous {
		clear(out)
	}
	return out, digest(own.HMACSecret, right)
}

// signedBody is the body as it stands in the string to sign.
func (r *request) signedBody(target *target) string {
	if target.emptyUpload && r.isForm() {
		return ""
	}
	return string(r.body)
}

func (r *request) isForm() bool { return strings.HasPrefix(r.header["Content-Type"], mediaForm) }

func questionMark(query string) string {
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

// shell is a line for a POSIX shell with curl and openssl that makes the same request again, signed when it runs. Secrets come from the
// environment variables that the command line tool reads, so that the line can be shared.
func (r *request) shell(target *target, url string) string {
	s, own, secret := r.sign, r.sign.own(target), `"$CONTRACT_HMAC_SECRET"`
	switch {
	case s.asSecond || s.withSecond:
		secret = `"$CONTRACT_SECOND_HMAC_SECRET"`
	case s.as != nil:
		secret = `"$WORKSPACE_HMAC_SECRET"`
	}
	if s.secret != nil {
		secret = quote(*s.secret)
	}
	var line strings.Builder
	line.WriteString(r.shellBody())
	if !s.anonymous {
		line.WriteString("ts=" + shellSeconds(s.shift) + "; ")
		if s.form != nil {
			line.WriteString(s.form.shell + "; ")
		}
		made := or(s.method, r.method) + target.signedPath(or(s.path, r.path)) + questionMark(or(s.query, r.query))
		stamp := `"$ts"`
		if s.signShift != 0 {
			stamp = fmt.Sprintf(`"$((ts + %d))"`, s.signShift)
		}
		line.WriteString("sig=$(" + r.shellSigned(quote(made)+stamp, target) + " | openssl dgst -sha256 -hmac " + secret + " | sed 's/^.*= *//'")
		if s.mangle != nil {
			line.WriteString(" | " + s.mangle.shell)
		}
		line.WriteString("); ")
	}
	line.WriteString("curl -sS -i -g --path-as-is")
	if r.method != "GET" {
		line.WriteString(" -X " + r.method)
	}
	values := map[string]string{
		headerSignature: `"` + headerSignature + `: sha256=$sig"`, headerTimestamp: `"` + headerTimestamp + `: $ts"`,
		headerDomain: quote(headerDomain + ": " + or(s.domain, own.Domain)), headerClient: quote(headerClient + ": " + or(s.client, own.ClientID)),
	}
	if s.value != nil {
		values[headerSignature] = quote(headerSignature + ": " + *s.value)
	}
	for _, name := range authHeaders() {
		switch {
		case s.anonymous || name == s.drop:
		case name == s.empty:
			line.WriteString(" -H " + quote(name+";"))
		default:
			line.WriteString(" -H " + values[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		line.WriteString(" -H " + quote(name+": "+r.header[name]))
	}
	if r.op.id == opControl && target.controlToken != "" {
		line.WriteString(` -H "Authorization: Bearer $CONTRACT_CONTROL_TOKEN"`)
	}
	if r.body != nil {
		line.WriteString(" --data-binary @body.bin")
	}
	return line.String() + " -H 'Accept: application/json' " + quote(url)
}

func shellSeconds(shift time.Duration) string {
	switch n := int64(shift / time.Second); {
	case n > 0:
		return fmt.Sprintf("$(($(date +%%s) + %d))", n)
	case n < 0:
		return fmt.Sprintf("$(($(date +%%s) - %d))", -n)
	}
	return "$(date +%s)"
}

func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// base64Of is the digest in the form that some clients send by mistake.
func base64Of(hexDigest string) string {
	raw, err := hex.DecodeString(hexDigest)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw)
}
