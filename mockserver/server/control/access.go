package control

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
)

// Access says who may use the control API. It implements engine.Guard.
type Access struct {
	Token  string // "": none is asked for
	Listen string // host that the mock listens on; "" is 127.0.0.1
}

// Off reports whether there is no control API: the mock can be reached from other machines, and has no token.
func (a *Access) Off() bool { return a.Token == "" && a.Listen != "" && !IsLoopback(a.Listen) }

// Admit implements engine.Guard.
func (a *Access) Admit(x *engine.Exchange) (engine.Caller, error) {
	authorized := a.Authorized(x.HTTP)
	// Who has the token got here by a name of their own: no page of another site can send it.
	if !a.knowsHost(x.HTTP) && (a.Token == "" || !authorized) {
		return engine.Caller{}, forbidden("The Host header names another host than this mock; use the address that it listens on.")
	}
	// The protection lets safe methods pass; here no page of another site has anything to read either.
	r := *x.HTTP
	r.Method = http.MethodPost
	if http.NewCrossOriginProtection().Check(&r) != nil {
		return engine.Caller{}, forbidden("The control API takes no requests from other sites.")
	}
	if !authorized {
		return engine.Caller{}, &engine.Error{
			Status: http.StatusUnauthorized, Code: "authentication_failed",
			Message: "The control API needs the token that the mock was started with (--control-token), sent as Authorization: Bearer TOKEN.",
			Header:  http.Header{"Www-Authenticate": {"Bearer"}},
		}
	}
	return engine.Caller{}, nil
}

func forbidden(text string) error {
	return &engine.Error{Status: http.StatusForbidden, Code: "forbidden", Message: text}
}

// Authorized reports whether the request carries the token, or needs none. It takes the same time for any token.
func (a *Access) Authorized(r *http.Request) bool {
	if a.Token == "" {
		return true
	}
	values := r.Header["Authorization"]
	if len(values) != 1 {
		return false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	sent, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(a.Token))
	return subtle.ConstantTimeCompare(sent[:], want[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

// knowsHost guards against a foreign name that leads here (DNS rebinding): the Host is a loopback name or
// address, the host that the mock listens on, or the very address that the connection came in at.
func (a *Access) knowsHost(r *http.Request) bool {
	host := hostOf(r.Host)
	if IsLoopback(host) || a.Listen != "" && strings.EqualFold(host, a.Listen) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	at, err := netip.ParseAddrPort(local.String())
	named, wrong := netip.ParseAddr(host)
	return err == nil && wrong == nil && at.Addr().Unmap() == named.Unmap()
}

// hostOf cuts off the port, and the brackets of an IPv6 address.
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

// IsLoopback reports whether a host is a name or an address of this machine alone.
func IsLoopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
