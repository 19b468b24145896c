package exchange

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/printable"
)

const shellBodySize = 1 << 10 // bytes of the largest body that is written into a shell line

// shellBody is the beginning of a shell line that puts the body into a file.
func (r *Request) shellBody() string {
	switch {
	case r.Body == nil:
		return ""
	case len(r.Body) > shellBodySize:
		return fmt.Sprintf(": body.bin must hold the %d bytes that were sent; ", max(r.long, len(r.Body)))
	case utf8.Valid(r.Body) && !bytes.ContainsAny(r.Body, "\x00\r") && printable.Clean(string(r.Body)) == string(r.Body):
		return "printf %s " + Quote(string(r.Body)) + " >body.bin; "
	}
	return "printf %s " + Quote(base64.StdEncoding.EncodeToString(r.Body)) + " | base64 -d >body.bin; "
}

// shellSigned is the shell command that prints the string to sign: head, which is quoted already, and the body.
func (r *Request) shellSigned(head string, target *Target) string {
	switch {
	case r.Sign.Body != nil:
		return "printf %s " + head + Quote(*r.Sign.Body)
	case r.Body != nil && !(target.EmptyUpload && r.isForm()):
		return "{ printf %s " + head + "; cat body.bin; }"
	}
	return "printf %s " + head
}

// shell is a line for a POSIX shell with curl and openssl that sends the same request again. It signs when it runs. Secrets are not in it: it reads them from
// the variables of the program.
func (r *Request) shell(target *Target, url string) string {
	var line strings.Builder
	line.WriteString(r.shellBody())
	if !r.Sign.Anonymous {
		r.shellSignature(&line, target)
	}
	line.WriteString("curl -sS -i -g --path-as-is")
	if r.Method != http.MethodGet {
		line.WriteString(" -X " + r.Method)
	}
	r.shellHeaders(&line, target)
	if r.Body != nil {
		line.WriteString(" --data-binary @body.bin")
	}
	return line.String() + " -H 'Accept: application/json' " + Quote(url)
}

// shellSecret is the secret of the signature: a variable, or the text of a secret that is wrong on purpose.
func (r *Request) shellSecret(target *Target) string {
	switch s := r.Sign; {
	case s.KeyHeader != "":
		return Quote(s.secret(s.own(target), target))
	case s.Secret != nil:
		return Quote(*s.Secret)
	case s.WithFirst:
	case s.AsSecond || s.WithSecond:
		return `"$CONTRACT_SECOND_HMAC_SECRET"`
	case s.As != nil:
		return `"$WORKSPACE_HMAC_SECRET"`
	}
	return `"$CONTRACT_HMAC_SECRET"`
}

// shellKey is the option of openssl that makes an HMAC of a digest.
func (r *Request) shellKey(target *Target) string {
	if r.Sign.Wrap != nil && r.Sign.Wrap.Plain {
		return ""
	}
	return " -hmac " + r.shellSecret(target)
}

// shellSignature sets the variables ts and sig.
func (r *Request) shellSignature(line *strings.Builder, target *Target) {
	s := r.Sign
	line.WriteString("ts=" + shellSeconds(s.Shift) + "; ")
	if s.TimestampForm != nil {
		line.WriteString(s.TimestampForm.shell + "; ")
	}
	made := or(s.Method, r.Method) + target.signedPath(or(s.Path, r.Path)) + QuestionMark(or(s.Query, r.Query))
	stamp := `"$ts"`
	if s.SignShift != 0 {
		stamp = fmt.Sprintf(`"$((ts + %d))"`, s.SignShift)
	}
	line.WriteString("sig=$(" + r.shellSigned(Quote(made)+stamp, target) + " | openssl dgst -" + s.Wrap.algorithm() + r.shellKey(target) + " | sed 's/^.*= *//'")
	if s.Tampering != nil {
		line.WriteString(" | " + s.Tampering.shell)
	}
	line.WriteString("); ")
}

// shellHeaders adds the headers as options of curl.
func (r *Request) shellHeaders(line *strings.Builder, target *Target) {
	s, own := r.Sign, r.Sign.own(target)
	values := map[string]string{
		HeaderSignature: `"` + HeaderSignature + `: ` + s.Wrap.before() + `$sig"`, HeaderTimestamp: `"` + HeaderTimestamp + `: $ts"`,
		HeaderDomain: Quote(HeaderDomain + ": " + or(s.Domain, own.Domain)), HeaderClient: Quote(HeaderClient + ": " + or(s.Client, own.ClientID)),
	}
	if s.Value != nil {
		values[HeaderSignature] = Quote(HeaderSignature + ": " + *s.Value)
	}
	for _, name := range AuthHeaders() {
		switch {
		case s.Anonymous || name == s.Drop:
		case name == s.Empty:
			line.WriteString(" -H " + Quote(name+";"))
		default:
			line.WriteString(" -H " + inCase(s.Lower, values[name], name))
		}
	}
	for _, h := range target.headersFor(r.Op.ID == document.Control) {
		line.WriteString(" -H " + h.Shell())
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		line.WriteString(" -H " + Quote(name+": "+r.Header[name]))
	}
	if r.Op.ID == document.Control && target.ControlToken != "" {
		line.WriteString(` -H "Authorization: Bearer $CONTRACT_CONTROL_TOKEN"`)
	}
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

func Quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
