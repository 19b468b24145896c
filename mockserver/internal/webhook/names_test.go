package webhook_test

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// TestMain names a proxy that does not exist: receivers with names are reached only if no proxy is used.
func TestMain(m *testing.M) {
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"} {
		os.Setenv(name, "http://127.0.0.1:1")
	}
	os.Exit(m.Run())
}

// names resolves every name: each time to the next address, and then always to the last one.
func names(t *testing.T, addresses ...string) mocktest.Option {
	t.Helper()
	server, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			answer, isAddress := resolve(buf[:n], addresses[0])
			if isAddress && len(addresses) > 1 {
				addresses = addresses[1:]
			}
			_, _ = server.WriteTo(answer, from)
		}
	}()
	return func(o *mocktest.Options) {
		o.WebhookResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
		}}
	}
}

// resolve answers a question for an IPv4 address; to any other question there is no record.
func resolve(question []byte, address string) (answer []byte, isAddress bool) {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil, false
	}
	m.Response, m.Additionals = true, nil
	if isAddress = m.Questions[0].Type == dnsmessage.TypeA; isAddress {
		var a dnsmessage.AResource
		copy(a.A[:], net.ParseIP(address).To4())
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET}, Body: &a}}
	}
	answer, _ = m.Pack()
	return answer, isAddress
}

// named is an address of a hook with another host.
func (h *hook) named(host string) string {
	_, port, _ := net.SplitHostPort(h.Listener.Addr().String())
	scheme, _, _ := strings.Cut(h.URL, ":")
	return scheme + "://" + net.JoinHostPort(host, port) + "/hook"
}

func TestWebhooks_NameThatGetsASpecialAddressAfterTheChallengeGetsNothing(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"169.254.169.254": "tells a machine its secrets", "0.0.0.0": "special address", "1.1.1.1": "use https"} {
		m := standing(t, names(t, "127.0.0.1", address))
		h := newHook(t, ok)
		h.Config.SetKeepAlivesEnabled(false)
		register(t, m, at(h.named("receiver.example.com")))
		receive(t, m, 1, "one")
		if d := tries(t, m, 1, "pending"); !strings.Contains(d.Attempts[0].Failure, want) {
			t.Errorf("%s: %+v, want %q", address, d.Attempts, want)
		}
		if bodies, _ := h.got(); len(bodies) > 0 {
			t.Errorf("%s: %v", address, bodies)
		}
	}
}

func TestWebhooks_AddressOfANameIsCheckedAsOneThatIsWritten(t *testing.T) {
	t.Parallel()
	elsewhere := func(o *mocktest.Options) { o.Listen = "192.0.2.1" }
	const token = "t0ken"
	h := newHook(t, ok)
	for name, c := range map[string]struct {
		address string
		options []mocktest.Option
		want    string
	}{
		"loopback, of a local mock":         {"127.0.0.1", nil, ""},
		"loopback, of a public mock":        {"127.0.0.1", []mocktest.Option{elsewhere, mocktest.ControlToken(token)}, "--allow-private-webhooks"},
		"private, of a public mock":         {"192.168.1.1", []mocktest.Option{elsewhere, mocktest.ControlToken(token)}, "--allow-private-webhooks"},
		"a cloud's own, of a local mock":    {"169.254.169.254", nil, "tells a machine its secrets"},
		"Azure's own, of a local mock":      {"168.63.129.16", nil, "tells a machine its secrets"},
		"shared, of a local mock":           {"100.64.0.1", nil, "special address"},
		"public without https":              {"1.1.1.1", nil, "use https"},
		"loopback, allowed to a public one": {"127.0.0.1", []mocktest.Option{elsewhere, mocktest.ControlToken(token), func(o *mocktest.Options) { o.AllowPrivateWebhooks = true }}, ""},
	} {
		m := standing(t, append(c.options, names(t, c.address))...)
		_, err := m.Workspace("").SetEndpoints(t.Context(), at(h.named("receiver.example.com")))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestWebhooks_HTTPSReceiverNeedsACertificateThatTheMockTrusts(t *testing.T) {
	t.Parallel()
	h := &hook{answer: ok, connections: map[string]bool{}}
	h.Server = httptest.NewTLSServer(h) // its certificate is for example.com and 127.0.0.1
	t.Cleanup(h.Close)
	trusted := func(o *mocktest.Options) {
		o.WebhookRoots = x509.NewCertPool()
		o.WebhookRoots.AddCert(h.Certificate())
	}
	m := standing(t, trusted, names(t, "127.0.0.1"))
	register(t, m, at(h.named("example.com")), at(h.URL+"/hook"))
	receive(t, m, 1, "one")
	h.await(t, `"one"`, 2)
	bodies, heads := h.got()
	for i, body := range bodies {
		if by := signedBy(heads[i], "/hook", body, m.Secret); !same(by, []int{0}) {
			t.Errorf("%s: signed by %v", body, by)
		}
	}
	for want, c := range map[string]struct {
		m   *mocktest.Mock
		url string
	}{
		"is not trusted: x509: certificate signed by unknown authority": {standing(t, names(t, "127.0.0.1")), h.named("example.com")},
		"not other.example.org": {m, h.named("other.example.org")},
		"answered 400":          {m, strings.Replace(h.URL, "https", "http", 1)},
		"does not speak https":  {m, strings.Replace(newHook(t, ok).URL, "http", "https", 1)},
	} {
		if _, err := c.m.Workspace("").SetEndpoints(t.Context(), at(c.url)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", c.url, err, want)
		}
	}
}

func TestWebhooks_RedirectIsFollowedNowhere(t *testing.T) {
	t.Parallel()
	m := standing(t)
	elsewhere := newHook(t, ok)
	for i, to := range []string{"http://169.254.169.254/latest/meta-data/", elsewhere.URL} {
		h := newHook(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) })
		register(t, m, at(h.URL))
		receive(t, m, 1, "one")
		all := eventually(t, m, "an attempt", func(all []adminapi.Delivery) bool { return len(all) == i+1 && len(all[i].Attempts) == 1 })
		if a := all[i].Attempts[0]; a.Status != 307 || !strings.Contains(a.Failure, "redirects are not followed") {
			t.Errorf("%s: %+v", to, a)
		}
	}
	if bodies, _ := elsewhere.got(); len(bodies) > 0 || elsewhere.challenged() > 0 {
		t.Errorf("%v", bodies)
	}
}
