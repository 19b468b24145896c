package signature

import (
	"fmt"
	"strings"
)

// Path says which path a signature covers. The vendor shows the relative one, in a single example.
type Path int

// The readings of PATH in the string to sign.
const (
	Relative Path = iota // the path after the base path: /conversations
	Full                 // the whole path: /api/developer/conversations
	Either               // both are accepted; signing uses the relative one
)

// ParsePath reads "relative", "full" or "either".
func ParsePath(s string) (Path, error) {
	for _, p := range []Path{Relative, Full, Either} {
		if s == p.String() {
			return p, nil
		}
	}
	return Relative, fmt.Errorf("signed path %q: use relative, full or either", s)
}

func (p Path) String() string {
	switch p {
	case Relative:
		return "relative"
	case Full:
		return "full"
	case Either:
		return "either"
	}
	return fmt.Sprintf("Path(%d)", int(p))
}

// UnmarshalText sets p as ParsePath does.
func (p *Path) UnmarshalText(text []byte) error {
	parsed, err := ParsePath(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// Scheme says how the target of a request is read before it is signed. The zero Scheme signs the path as it is sent.
type Scheme struct {
	BasePath string // the path of the base URL, such as /api/developer; empty if there is none
	Path     Path
	Upload   Upload
}

// Target returns the part of a raw request target that a client has to sign (the relative one if either will do).
func (s Scheme) Target(raw string) string {
	full := OriginForm(raw)
	if s.Path == Full {
		return full
	}
	return CutBase(full, s.BasePath)
}

// Sign returns the value of the header X-Awal-Signature-256 for r.
func (s Scheme) Sign(k *Key, r Request) string {
	r.Target = s.Target(r.Target)
	return k.Sign(s.Upload.Signed(r))
}

// Verify reports, in constant time, whether header is the signature of r. With Either both paths are always tried.
func (s Scheme) Verify(k *Key, header string, r Request) bool {
	raw := r.Target
	r.Target = s.Target(raw)
	ok := s.Upload.verify(k, header, r)
	if s.Path != Either {
		return ok
	}
	r.Target = OriginForm(raw)
	return s.Upload.verify(k, header, r) || ok
}

// OriginForm cuts scheme and authority off a target in absolute form, which a client behind a proxy sends. What is left
// begins with a slash: an empty path is "/" (RFC 9110, section 4.2.3).
func OriginForm(target string) string {
	if strings.HasPrefix(target, "/") {
		return target
	}
	_, rest, found := strings.Cut(target, "://")
	if !found {
		return target
	}
	switch at := strings.IndexAny(rest, "/?"); {
	case at < 0:
		return "/"
	case rest[at] == '?':
		return "/" + rest[at:]
	default:
		return rest[at:]
	}
}

// CutBase cuts the base path off a path. A path outside the base path stays as it is.
func CutBase(target, base string) string {
	rest, found := strings.CutPrefix(target, strings.TrimSuffix(base, "/"))
	if !found || (rest != "" && rest[0] != '/' && rest[0] != '?') {
		return target
	}
	return rest
}
