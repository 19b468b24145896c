package receiver

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

const shellBodySize = 1 << 10 // bytes that a shell line carries

// shell is a line for a POSIX shell with curl and openssl that makes the same delivery again, signed when it runs. The secret comes from the
// environment, so that the line can be shared.
func (c *client) shell(d *delivery) string {
	var line strings.Builder
	s := &d.sign
	line.WriteString(shellFile("body.bin", d.body))
	signed := "body.bin"
	if s.body != nil {
		signed = "signed.bin"
		line.WriteString(shellFile(signed, []byte(*s.body)))
	}
	line.WriteString("ts=" + shellStamp(s) + "; ")
	target := c.target()
	if s.target != nil {
		target = *s.target
	}
	if c.scheme != SchemeStandard {
		c.shellSign(&line, s, "sig", "sha256=", ", ", exchange.Quote(http.MethodPost+target)+shellSigned(s), signed, "")
	}
	if c.scheme != SchemeAwal {
		c.shellSign(&line, s, "std", "v1,", " ", exchange.Quote(d.id+".")+shellSigned(s)+".", signed, " -binary | base64")
	}
	line.WriteString("curl -sS -i -g --path-as-is -X POST -H 'Content-Type: application/json'")
	for _, h := range c.shellHeaders(d) {
		line.WriteString(" -H " + h)
	}
	for _, h := range c.headers {
		line.WriteString(" -H " + h.Shell())
	}
	return line.String() + " --data-binary @body.bin " + exchange.Quote(c.url.String())
}

// shellFile puts bytes into a file.
func shellFile(name string, content []byte) string {
	switch {
	case len(content) > shellBodySize:
		return fmt.Sprintf(": %s must hold the %d bytes; ", name, len(content))
	case utf8.Valid(content) && !bytes.ContainsAny(content, "\x00\r") && printable.Clean(string(content)) == string(content):
		return "printf %s " + exchange.Quote(string(content)) + " >" + name + "; "
	}
	return "printf %s " + exchange.Quote(base64.StdEncoding.EncodeToString(content)) + " | base64 -d >" + name + "; "
}

func shellStamp(s *signing) string {
	if s.timestamp != nil {
		return exchange.Quote(*s.timestamp)
	}
	if s.shift == 0 {
		return "$(date +%s)"
	}
	return fmt.Sprintf("$(($(date +%%s) + %d))", int64(s.shift/time.Second))
}

// shellSigned is the text of the timestamp that is signed.
func shellSigned(s *signing) string {
	if s.signShift == 0 {
		return `"$ts"`
	}
	return fmt.Sprintf(`"$((ts + %d))"`, int64(s.signShift/time.Second))
}

// shellSign puts the value of a signature header into a variable.
func (c *client) shellSign(line *strings.Builder, s *signing, variable, prefix, separator, head, file, form string) {
	if s.unsigned || s.value != nil {
		return
	}
	var list []string
	for _, secret := range s.keys(c.secret) {
		key := exchange.Quote(secret)
		if secret == c.secret {
			key = `"$CONTRACT_SECRET"`
		}
		text := "{ printf %s " + head + "; cat " + file + "; } | openssl dgst -sha256 -hmac " + key
		if form == "" {
			text += " | sed 's/^.*= *//'"
		}
		text += form
		if s.tamper != nil {
			text += " | " + s.tamper.shell
		}
		list = append(list, prefix+"$("+text+")")
	}
	line.WriteString(variable + `="` + strings.Join(list, separator) + `"; `)
}

// shellHeaders are the headers of the event's id, of the timestamp and of the signatures, for a shell.
func (c *client) shellHeaders(d *delivery) (out []string) {
	s := &d.sign
	add := func(name, value string) {
		if s.lower {
			name = strings.ToLower(name)
		}
		out = append(out, `"`+name+": "+value+`"`)
	}
	signature := func(name, variable string) {
		switch {
		case s.unsigned:
		case s.value != nil && *s.value == "":
			out = append(out, exchange.Quote(name+";"))
		case s.value != nil:
			out = append(out, exchange.Quote(name+": "+*s.value))
		default:
			add(name, "$"+variable)
		}
	}
	add(exchange.HeaderEventID, d.id)
	if c.scheme != SchemeStandard {
		if !s.noTimestamp {
			add(exchange.HeaderTimestamp, "$ts")
		}
		signature(exchange.HeaderSignature, "sig")
	}
	if c.scheme != SchemeAwal {
		add(exchange.HeaderStandardID, d.id)
		if !s.noTimestamp {
			add(exchange.HeaderStandardTimestamp, "$ts")
		}
		signature(exchange.HeaderStandardSignature, "std")
	}
	return out
}
