package webhook

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// metadata are the addresses at which clouds give a machine its own secrets. The mock never sends anything there.
var metadata = [...]string{
	"169.254.169.254", // AWS, Azure, Google and others
	"169.254.170.2",   // AWS, for containers
	"168.63.129.16",   // Azure
	"100.100.100.200", // Alibaba
	"192.0.0.192",     // Oracle
	"fd00:ec2::254",   // AWS
	"fd20:ce::254",    // Google
}

// A RefusedError says that a receiver's name leads to an address that the mock does not send to.
type RefusedError struct {
	Address netip.Addr
	Reason  string
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s %s", e.Address, e.Reason) }

// A guard checks the address of each connection after the name has been resolved, since a name can get another address at any time.
type guard struct {
	plain   bool // it is for http, not for https
	private bool // it allows loopback and private addresses
	special *ssrf.Guardian
}

func newGuard(private, plain bool) *guard {
	options := []ssrf.Option{ssrf.WithAnyPort()}
	if private {
		options = append(options,
			ssrf.WithAllowedV4Prefixes(prefixes("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")...),
			ssrf.WithAllowedV6Prefixes(prefixes("::1/128", "fc00::/7")...))
	}
	return &guard{plain: plain, private: private, special: ssrf.New(options...)}
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// control implements net.Dialer.Control.
func (g *guard) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return g.check(at.Addr().Unmap())
}

func (g *guard) check(ip netip.Addr) error {
	for _, text := range metadata {
		if ip.WithZone("") == netip.MustParseAddr(text) {
			return &RefusedError{ip, "is where a cloud tells a machine its secrets; use the address of a receiver"}
		}
	}
	err := g.special.SafeAddr(ip)
	switch {
	case err != nil && (ip.IsLoopback() || ip.IsPrivate()):
		return &RefusedError{ip, "is a loopback or private address, and this mock can be reached by others; start it with --allow-private-webhooks, or use a public address"}
	case err != nil:
		return &RefusedError{ip, "is a special address; use the address of a receiver"}
	case g.plain && !ip.IsLoopback() && !ip.IsPrivate():
		return &RefusedError{ip, "is a public address; use https"}
	}
	return nil
}

// How long connections take and are kept.
const (
	connectTime = 5 * time.Second
	idleTime    = 30 * time.Second
	idlePerHost = 256 // many endpoints may be on one host
)

// newTransport makes a transport that uses no proxy and connects to no address that the guard refuses. A transport follows no
// redirect.
func newTransport(o *Options, plain bool) *http.Transport {
	dialer := net.Dialer{Timeout: connectTime, Resolver: o.Resolver, Control: newGuard(o.Private, plain).control}
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		DialContext:     dialer.DialContext,
		MaxIdleConns:    inFlightAtMost, MaxIdleConnsPerHost: idlePerHost, IdleConnTimeout: idleTime, TLSHandshakeTimeout: connectTime,
		DisableCompression: true, MaxResponseHeaderBytes: answerLimit,
	}
}

// refused finds the error of the guard in an error of a request.
func refused(err error) (*RefusedError, bool) {
	var e *RefusedError
	return e, errors.As(err, &e)
}
