package engine

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/spec"
)

// Credentials finds the client whose credential of a security scheme is value. given reports whether any client has one of the
// scheme: if none has, any value of the right form will do.
type Credentials func(s *spec.SecurityScheme, value string) (c Client, found, given bool)

// A door lets in who keeps what the document asks for at an operation.
type door struct {
	clients     Clients
	credentials Credentials                     // nil: none is given
	signed      func(*Exchange) (Caller, error) // the vendor's scheme; the document names it by the signature's header
}

// A tried is what came of one of an operation's alternatives.
type tried struct {
	caller  Caller
	known   bool     // a credential named the caller
	sent    bool     // something of what the alternative asks for was sent
	missing []Detail // what was not
	wrong   []Detail // what cannot be accepted
	err     error    // of the vendor's scheme
}

// admit tries the alternatives in the document's order. Who is let in without a credential that names a caller acts in the
// workspace that the header names, else in the first one.
func (d *door) admit(x *Exchange) (Caller, error) {
	if usual := x.compiled.security; len(usual) == 1 && usual[0].signed && len(usual[0].others) == 0 {
		return d.signed(x)
	}
	var all []tried
	open := len(x.compiled.security) == 0
	for i := range x.compiled.security {
		a := &x.compiled.security[i]
		if !a.signed && len(a.others) == 0 {
			open = true
			continue
		}
		t := d.try(x, a)
		if t.err == nil && t.missing == nil && t.wrong == nil {
			if t.known {
				return t.caller, nil
			}
			return openCaller(d.clients, x)
		}
		all = append(all, t)
	}
	if open {
		return openCaller(d.clients, x)
	}
	return Caller{}, refusedBy(x, all)
}

// try checks one alternative: all that it asks for together.
func (d *door) try(x *Exchange, a *alternative) (t tried) {
	if a.signed {
		t.sent = len(x.HTTP.Header[x.vendor.auth[signatureHeader].key]) > 0
		t.caller, t.err = d.signed(x)
		t.known = t.err == nil
	}
	for _, s := range a.others {
		d.check(x, s, &t)
	}
	return t
}

// check checks one credential, and whose it is.
func (d *door) check(x *Exchange, s *spec.SecurityScheme, t *tried) {
	value, there, wrong := credential(x, s)
	t.sent = t.sent || there
	field := credentialField(s)
	switch {
	case !there:
		t.missing = append(t.missing, Detail{field, wrong})
		return
	case wrong != "":
		t.wrong = append(t.wrong, Detail{field, wrong})
		return
	case d.credentials == nil:
		return
	}
	client, found, given := d.credentials(s, value)
	switch {
	case given && !found:
		t.wrong = append(t.wrong, Detail{field, "is none of the credentials that the mock's fixtures give for the security scheme " + s.Name})
	case found && t.known && t.caller.Workspace != client.Workspace:
		t.wrong = append(t.wrong, Detail{field, "belongs to another workspace than what was sent with it"})
	case found:
		t.caller, t.known = client.caller(), true
	}
}

// credential reads what a scheme asks for. wrong says what is wrong with it; if it is not there, what is missing.
func credential(x *Exchange, s *spec.SecurityScheme) (value string, there bool, wrong string) {
	if s.Type == "apiKey" {
		return apiKey(x, s)
	}
	want := "Bearer and a token"
	if s.Scheme == "basic" {
		want = "Basic and user:password in base64"
	}
	header := x.HTTP.Header.Get("Authorization")
	scheme, sent, _ := strings.Cut(header, " ")
	sent = strings.TrimLeft(sent, " ")
	switch {
	case header == "":
		return "", false, "is required in the header: " + want + x.elsewhere("header", "Authorization")
	case s.Scheme != "basic" && !strings.EqualFold(scheme, "bearer"), s.Scheme == "basic" && !strings.EqualFold(scheme, "basic"):
		return "", false, "must be " + want + " (in the header)"
	case s.Scheme != "basic" && !isToken68(sent):
		return "", true, "must be Bearer and a token of letters, digits and -._~+/, with = at its end only (in the header)"
	case s.Scheme != "basic":
		return sent, true, ""
	}
	pair, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || !strings.Contains(string(pair), ":") || !utf8.Valid(pair) {
		return "", true, "must be " + want + " (in the header)"
	}
	return string(pair), true, ""
}

func apiKey(x *Exchange, s *spec.SecurityScheme) (value string, there bool, wrong string) {
	var values []string
	switch s.In {
	case "header":
		values = x.HTTP.Header.Values(s.Key)
	case "query":
		query, _ := url.ParseQuery(x.Query) // what can be read of it
		values = query[s.Key]
	case "cookie":
		for _, c := range x.HTTP.CookiesNamed(s.Key) {
			values = append(values, c.Value)
		}
	}
	switch {
	case len(values) == 0 || len(values) == 1 && strings.TrimSpace(values[0]) == "":
		return "", false, "is required in the " + s.In + x.elsewhere(s.In, s.Key)
	case len(values) > 1:
		return "", true, sentTimes(s.In, len(values))
	case !utf8.ValidString(values[0]):
		return "", true, "is not valid UTF-8 (in the " + s.In + ")"
	}
	return values[0], true, ""
}

// isToken68 reports whether text is what RFC 6750 takes for a token.
func isToken68(text string) bool {
	body := strings.TrimRight(text, "=")
	for i := range len(body) {
		c := body[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && !strings.ContainsRune("-._~+/", rune(c)) {
			return false
		}
	}
	return body != ""
}

// ValidCredential says what is wrong with a value that fixtures give for a scheme, "" if nothing.
func (h *AuthHeaders) ValidCredential(s *spec.SecurityScheme, value string) string {
	switch {
	case h.Has(s):
		return "is checked by what the fixture says of its workspace, client_id and hmac_secret; leave it out"
	case s.Type == "http" && s.Scheme == "basic" && !strings.Contains(value, ":"):
		return "must be user:password, since the scheme is basic"
	case s.Type != "apiKey" && s.Scheme != "basic" && !isToken68(value):
		return "must be a token of letters, digits and -._~+/, with = at its end only"
	}
	return ""
}

func credentialField(s *spec.SecurityScheme) string {
	if s.Type == "apiKey" {
		return s.Key
	}
	return "Authorization"
}

// refusedBy is the reason why no alternative let a request in: that of the nearest one, or what each asks for if nothing was sent.
func refusedBy(x *Exchange, all []tried) error {
	if first := &all[0]; len(all) == 1 && first.err != nil && first.missing == nil && first.wrong == nil {
		return first.err
	}
	for _, complete := range []bool{true, false} {
		for i := range all {
			if t := &all[i]; t.sent && (!complete || t.missing == nil) {
				return t.refusal(x)
			}
		}
	}
	whole := tried{}
	for i := range all {
		whole.add(&all[i])
	}
	return whole.refusal(x)
}

// refusal is the answer to an alternative that was tried.
func (t *tried) refusal(x *Exchange) error {
	if t.err != nil {
		return t.err
	}
	if t.wrong != nil {
		x.makeSpecial().badCredential = true
		return authFailed("The credentials are not accepted.", append(t.wrong, t.missing...)...)
	}
	return authFailed("Credentials are missing.", t.missing...)
}

// add adds what another alternative misses: each field once, with all that it may be.
func (t *tried) add(other *tried) {
	missing := other.missing
	if refusal, ok := other.err.(*Error); ok { //nolint:errorlint // made by the guard, never wrapped
		missing = append(slices.Clone(refusal.Details), missing...)
	}
	for _, m := range missing {
		i := slices.IndexFunc(t.missing, func(d Detail) bool { return d.Field == m.Field })
		switch {
		case i < 0:
			t.missing = append(t.missing, m)
		case t.missing[i].Text != m.Text:
			t.missing[i].Text += "; or " + m.Text
		}
	}
}

// challenges say how a request may authenticate itself (RFC 9110, 11.6.1): one for each scheme that the operation names. No
// registered scheme is for API keys, so their challenge has a name of its own and says where the key goes.
func (e *Engine) challenges(x *Exchange) []string {
	realm := `realm="` + quotable(e.Document.Title) + `"`
	var list []string
	add := func(text string) {
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	if x.Operation != nil {
		for _, together := range x.Operation.Security {
			signed := slices.ContainsFunc(together, x.vendor.Headers.isSignature)
			for _, s := range together {
				switch {
				case signed && x.vendor.Headers.Has(s):
					add(e.vendor.Challenge)
				case s.Type == "apiKey":
					add(`ApiKey ` + realm + `, in="` + s.In + `", name="` + quotable(s.Key) + `"`)
				case s.Scheme == "basic":
					add(`Basic ` + realm + `, charset="UTF-8"`)
				case x.special != nil && x.special.badCredential:
					add(`Bearer ` + realm + `, error="invalid_token"`)
				default:
					add(`Bearer ` + realm)
				}
			}
		}
	}
	if list == nil && e.vendor.Challenge != "" {
		add(e.vendor.Challenge)
	}
	return list
}

// quotable removes from a text what may not be between quotes in a header.
func quotable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, text)
}
