package exchange

import (
	"net/url"

	"example.com/awalmock/contract/document"
)

// Credentials are what a client of the API is given.
type Credentials struct {
	Domain        string // X-Domain
	ClientID      string // X-Client-ID
	HMACSecret    string // never shown in any output
	PhoneNumberID string // a sending number of the workspace
}

// A Target is where the requests go.
type Target struct {
	Base          *url.URL // without a trailing slash
	First, Second Credentials
	FullPath      bool     // the signed path carries the path of the base URL
	EmptyUpload   bool     // an upload is signed as if it had no body
	Control       *url.URL // of the control API, without a trailing slash; nil unless it is claimed
	ControlToken  string
	Headers       []Header // that every request carries
}

func (t *Target) Secrets() []string {
	secrets := []string{t.First.HMACSecret, t.Second.HMACSecret, t.ControlToken}
	for _, h := range t.Headers {
		if h.Secret() {
			secrets = append(secrets, h.Value)
		}
	}
	return secrets
}

// signedPath is the path as the string to sign has it.
func (t *Target) signedPath(relative string) string {
	if t.FullPath {
		return t.Base.EscapedPath() + relative
	}
	return relative
}

func (t *Target) url(r *Request) string {
	base := t.Base
	if r.Op.ID == document.Control {
		base = t.Control
	}
	return base.String() + r.Path + QuestionMark(r.Query)
}
