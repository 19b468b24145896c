package main

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const secretCanary = `c4nary/"s3cret"+&`

// echoSecret is a server that answers searches with the secret, and leaves the rest to another one.
func echoSecret(other http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("searchTerm") != "" {
			out.Header().Set("X-Key", secretCanary)
			out.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(out, secretCanary)
			return
		}
		other.ServeHTTP(out, r)
	})
}

func TestASecretIsInNoByteOfAnyOutput(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	credentials[5] = secretCanary // of no use to the mock, which refuses it: that is an output too
	base, dir := serve(t, echoSecret(s)), t.TempDir()
	var outputs []string
	for _, args := range [][]string{
		append([]string{"--base-url", base, "--report-dir", dir, listOnly}, credentials...),
		{"--base-url", base, "--domain", "d", "--client-id", "c", "--phone-number-id", "1"},
		{"--strit", "--hmac-secret", secretCanary},
		{"--hmac-secret", secretCanary, secretCanary},
		{"--hmac-secret=" + secretCanary, "--domain"},
		{"--hmac-secret", secretCanary, "--list", "--json"},
	} {
		_, stdout, stderr := contract(t, []string{"CONTRACT_HMAC_SECRET=" + secretCanary}, args...)
		outputs = append(outputs, stdout, stderr)
	}
	expectNoSecret(t, outputs)
}

func TestASecretIsInNoReportOfAServerThatEchoesIt(t *testing.T) {
	t.Parallel()
	s, credentials := mockWithoutSignatures(t)
	credentials[5] = secretCanary
	dir := t.TempDir()
	code, stdout, stderr := contract(t, nil, append([]string{"--base-url", serve(t, echoSecret(s)), "--report-dir", dir, listOnly}, credentials...)...)
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	expectNoSecret(t, append(slices.Collect(maps.Values(readReports(t, dir))), stdout, stderr))
}

func expectNoSecret(t *testing.T, outputs []string) {
	t.Helper()
	for _, text := range outputs {
		for _, form := range []string{secretCanary, "c4nary", "s3cret"} {
			if strings.Contains(text, form) {
				t.Errorf("an output has %q: %.200s", form, text[max(0, strings.Index(text, form)-100):])
			}
		}
	}
}
