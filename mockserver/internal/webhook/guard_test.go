package webhook_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

func TestWebhooks_RefuseAddressesThatAreNoReceivers(t *testing.T) {
	t.Parallel()
	const token = "t0ken"
	local := standing(t)
	public := standing(t, mocktest.ControlToken(token), func(o *mocktest.Options) { o.Listen = "192.0.2.1" })
	allowed := standing(t, mocktest.ControlToken(token), func(o *mocktest.Options) { o.Listen, o.AllowPrivateWebhooks = "192.0.2.1", true })
	everywhere := map[string]string{
		"no address": "whole address", "": "minLength", "ftp://example.com/": "whole address", "https://": "whole address", "https:///hook": "whole address",
		"https://user:secret@example.com/": "no user and password", "https://example.com/#part": "no fragment", "//example.com/": "whole address",
		"http://169.254.169.254/latest": "tells a machine its secrets", "http://168.63.129.16/": "tells a machine its secrets", "http://[fd00:ec2::254]/": "tells a machine its secrets",
		"http://100.100.100.200/": "tells a machine its secrets", "http://[::ffff:169.254.169.254]/": "tells a machine its secrets",
		"https://0.0.0.0/": "special address", "https://169.254.1.1/": "special address", "https://224.0.0.1/": "special address", "https://255.255.255.255/": "special address",
		"https://[::]/": "special address", "https://[fe80::1]/": "special address", "https://[ff02::1]/": "special address", "https://100.64.0.1/": "special address",
		"https://192.0.2.7/": "special address", "https://198.18.0.1/": "special address", "https://240.0.0.1/": "special address", "https://[64:ff9b::7f00:1]/": "special address",
		"https://[2001:db8::1]/": "special address", "https://[2002:7f00:1::]/": "special address", "http://1.1.1.1/": "use https", "http://[2606:4700::1111]/": "use https",
	}
	private := []string{
		"http://127.0.0.1:1/", "https://127.9.9.9/", "http://[::1]:1/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://[fc00::1]/", "http://[::ffff:127.0.0.1]:1/", "http://localhost:1/",
	}
	refused := func(m *mocktest.Mock, url, want string) {
		t.Helper()
		_, err := m.Workspace("").SetEndpoints(t.Context(), at(url))
		var control *mocktest.ControlError
		if !errors.As(err, &control) || control.Status != 400 || want != "minLength" && !strings.Contains(control.Details["endpoints[0].url"], want) || control.Details["endpoints[0].url"] == "" {
			t.Errorf("%q: %v, want %q", url, err, want)
		}
	}
	for url, want := range everywhere {
		for _, m := range []*mocktest.Mock{local, public, allowed} {
			refused(m, url, want)
		}
	}
	for _, url := range private {
		refused(public, url, "--allow-private-webhooks")
	}
	h := newHook(t, ok)
	for _, m := range []*mocktest.Mock{local, allowed} {
		register(t, m, at(h.URL), at(strings.Replace(h.URL, "127.0.0.1", "localhost", 1)))
	}
}

func TestWebhooks_AllThatIsWrongWithAListIsTold(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	register(t, m, at(h.URL))
	_, err := m.Workspace("").SetEndpoints(t.Context(), at(h.URL), adminapi.NewWebhook{URL: h.URL + "/b", Events: []string{"order.lost"}}, at(h.URL), at("nowhere"))
	var control *mocktest.ControlError
	if !errors.As(err, &control) || len(control.Details) != 3 || !strings.Contains(control.Details["endpoints[1].events"], "message.received") ||
		!strings.Contains(control.Details["endpoints[2].url"], "endpoints[0]") || control.Details["endpoints[3].url"] == "" {
		t.Errorf("%v", err)
	}
	for field, e := range map[string]adminapi.NewWebhook{
		"endpoints[0].late": {URL: h.URL, Late: "-1s"}, "endpoints[0].batch": {URL: h.URL, Batch: "25h"}, "endpoints[0].slow": {URL: h.URL, Slow: "2m"},
	} {
		if _, err := m.Workspace("").SetEndpoints(t.Context(), e); !errors.As(err, &control) || control.Details[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if left, err := m.Workspace("").Endpoints(t.Context()); err != nil || len(left) != 1 || left[0].URL != h.URL {
		t.Errorf("%+v %v", left, err)
	}
}

func TestWebhooks_AddressHasToAnswerTheChallenge(t *testing.T) {
	t.Parallel()
	m := standing(t, func(o *mocktest.Options) { o.WebhookTimeout = 3 * time.Second })
	for want, answer := range map[string]http.HandlerFunc{
		"answered 404": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) },
		"answered 201": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) },
		"redirects are not followed": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusTemporaryRedirect)
		},
		"no JSON object with a challenge":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) },
		"answered another challenge":         func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"challenge":"random"}`)) },
		"timed out":                          func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"the receiver closed the connection": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"the answer broke off: the receiver ": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		},
	} {
		_, err := m.Workspace("").SetEndpoints(t.Context(), at(newHookServer(t, func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			answer(w, r)
		})))
		if !errors.Is(err, mocktest.ErrInvalid) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `{"challenge": "…"}`) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	_, err := m.Workspace("").SetEndpoints(t.Context(), at("http://127.0.0.1:1/"))
	if err == nil || !strings.Contains(err.Error(), "nothing listens there") {
		t.Error(err)
	}
}
