package exchange

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// A Header is one that every request to the API carries, such as a gateway asks for.
type Header struct{ Name, Value string }

// secretName matches the names of headers whose values are not shown.
var secretName = regexp.MustCompile(`(?i)authorization|key|token|secret|password|cookie|credential`)

// ReadHeader reads "Name: value".
func ReadHeader(text string) (Header, error) {
	name, value, ok := strings.Cut(text, ":")
	h := Header{strings.TrimSpace(name), strings.TrimSpace(value)}
	if !ok || !httpguts.ValidHeaderFieldName(h.Name) || !httpguts.ValidHeaderFieldValue(h.Value) {
		return h, errors.New("a header is written 'Name: value', as in 'X-Gateway: staging'")
	}
	return h, nil
}

// Secret reports whether the value must not be shown, by the name of the header.
func (h Header) Secret() bool { return secretName.MatchString(h.Name) }

// Reserved reports whether the suite itself or net/http sets the header.
func (h Header) Reserved() bool {
	own := append(AuthHeaders(), "Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Host", "Transfer-Encoding")
	return slices.ContainsFunc(own, func(other string) bool { return strings.EqualFold(h.Name, other) })
}

// Shell is the header for a POSIX shell. A secret value is taken from a variable that is named like the header.
func (h Header) Shell() string {
	if h.Secret() {
		return fmt.Sprintf(`"%s: $%s"`, h.Name, strings.ToUpper(strings.ReplaceAll(h.Name, "-", "_")))
	}
	return Quote(h.Name + ": " + h.Value)
}

// headersFor are the headers of --header for a request. The control API gets them only if it has the same host.
func (t *Target) headersFor(control bool) []Header {
	if control && t.Control.Host != t.Base.Host {
		return nil
	}
	return t.Headers
}

// withoutSecrets masks headers whose name says that they are secret, however short they are.
func withoutSecrets(sent http.Header) http.Header {
	out := sent.Clone()
	for name := range out {
		if secretName.MatchString(name) && !strings.HasPrefix(sent.Get(name), "Bearer ") {
			out[name] = []string{Masked}
		}
	}
	return out
}
