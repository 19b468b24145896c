package webhook_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// signedBy reports which of some secrets a webhook is signed with, in order.
func signedBy(h http.Header, target, body string, secrets ...string) []int {
	var by []int
	for header := range strings.SplitSeq(h.Get("X-Awal-Signature-256"), ", ") {
		for i, secret := range secrets {
			if signature.NewKey(secret).Verify(header, signature.Request{Method: "POST", Target: target, Timestamp: h.Get("X-Timestamp"), Body: []byte(body)}) {
				by = append(by, i)
			}
		}
	}
	return by
}

func same(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestWebhooks_RotationHasTwoSignaturesAndTwoSecretsUntilItsGraceIsOver(t *testing.T) {
	t.Parallel()
	m := standing(t)
	failing := true
	h := newHook(t, func(w http.ResponseWriter, _ *http.Request) {
		if failing {
			w.WriteHeader(500)
		}
	})
	register(t, m, at(h.URL+"/hook?a=1"))
	receive(t, m, 1, "before the rotation")
	tries(t, m, 1, "pending")
	old := m.Workspaces()[0]
	rotated, err := m.Workspace("").Rotate(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	fresh := old
	fresh.Secret = rotated.Secret
	check := func(what string, n int, want ...int) {
		t.Helper()
		tries(t, m, n, "pending")
		bodies, heads := h.got()
		last := len(bodies) - 1
		if by := signedBy(heads[last], "/hook?a=1", bodies[last], rotated.Secret, old.Secret); !same(by, want) {
			t.Errorf("%s: signed by %v, want %v", what, by, want)
		}
	}
	accepts := func(what string, w server.Workspace, want int) {
		t.Helper()
		response, err := m.ClientOf(w).Get(m.URL + "/waba-numbers")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: %d, want %d", what, response.StatusCode, want)
		}
	}
	check("before", 1, 1)
	advance(t, m, 5*time.Second)
	check("in the grace", 2, 0, 1)
	accepts("the new secret in the grace", fresh, 200)
	accepts("the old secret in the grace", old, 200)
	advance(t, m, 55*time.Second)
	check("after the grace", 3, 0)
	accepts("the new secret after the grace", fresh, 200)
	accepts("the old secret after the grace", old, 401)
	if err := m.Workspace("").Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	accepts("the fixture's secret after a reset", old, 200)
	accepts("the other one after a reset", fresh, 401)
}

func TestWebhooks_OldSecretSignsAnUploadInTheGrace(t *testing.T) {
	t.Parallel()
	m := standing(t)
	old := m.Workspaces()[0]
	form := "--b\r\nContent-Disposition: form-data; name=\"template_id\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n96650000000\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"header_type\"\r\n\r\nTEXT\r\n--b--\r\n"
	upload := func(want int) {
		t.Helper()
		response, err := m.ClientOf(old).Post(m.URL+"/w/message/template?phone_number_id=123456", "multipart/form-data; boundary=b", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d, want %d", response.StatusCode, want)
		}
	}
	if _, err := m.Workspace("").Rotate(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	upload(200)
	if _, err := m.Workspace("").Rotate(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	upload(401)
}

func TestWebhooks_StandardSignatureIsAcceptedByTheOfficialLibraryAlsoInARotation(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, func(o *mocktest.Options) { o.WebhookSignature = "both" }) // the library checks the real time
	h := newHook(t, ok)
	register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	tries(t, m, 1, "delivered")
	old := m.Workspaces()[0].Secret
	rotated, err := m.Workspace("").Rotate(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	receive(t, m, 1, "two")
	eventually(t, m, "the second", func(d []adminapi.Delivery) bool { return len(d) == 2 && d[1].State == "delivered" })
	bodies, heads := h.got()
	verify := func(secret string, i int) error {
		library, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		return library.Verify([]byte(bodies[i]), heads[i])
	}
	if err := verify(signature.StandardSecret(old), 0); err != nil {
		t.Errorf("before the rotation: %v", err)
	}
	if err := errors.Join(verify(signature.StandardSecret(old), 1), verify(rotated.StandardSecret, 1)); err != nil {
		t.Errorf("in the rotation: %v", err)
	}
	if verify(rotated.StandardSecret, 0) == nil {
		t.Error("the new secret accepts what the old one has signed")
	}
	library, err := standardwebhooks.NewWebhook(signature.StandardSecret(old))
	if err != nil {
		t.Fatal(err)
	}
	if library.Verify([]byte(strings.Replace(bodies[0], `"one"`, `"two"`, 1)), heads[0]) == nil {
		t.Error("a changed body is accepted")
	}
	if id := heads[0].Get("Webhook-Id"); id == "" || id != heads[0].Get("X-Awal-Event-Id") {
		t.Errorf("webhook-id %q", id)
	}
}

func TestWebhooks_SignatureHeadersAreThoseThatAreAskedFor(t *testing.T) {
	t.Parallel()
	for word, want := range map[string][2]bool{"": {true, false}, "awal": {true, false}, "standard": {false, true}, "both": {true, true}} {
		m := standing(t, func(o *mocktest.Options) { o.WebhookSignature = word })
		h := newHook(t, ok)
		register(t, m, at(h.URL))
		receive(t, m, 1, "one")
		tries(t, m, 1, "delivered")
		_, heads := h.got()
		if got := [2]bool{heads[0].Get("X-Awal-Signature-256") != "", heads[0].Get("Webhook-Signature") != ""}; got != want {
			t.Errorf("%q: %v", word, heads[0])
		}
	}
}

func TestWebhooks_EndpointWithItsOwnSecretIsSignedWithIt(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	if list := register(t, m, adminapi.NewWebhook{URL: h.URL, Secret: "its own"}); !list[0].OwnSecret {
		t.Errorf("%+v", list)
	}
	receive(t, m, 1, "one")
	tries(t, m, 1, "delivered")
	bodies, heads := h.got()
	if by := signedBy(heads[0], "/", bodies[0], "its own", m.Secret); !same(by, []int{0}) {
		t.Errorf("signed by %v", by)
	}
}
