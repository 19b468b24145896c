package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shown is the certificate that a mock shows to its clients.
func shown(t *testing.T, p *process) []byte {
	t.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(p.url, "https://"), "/api/developer")
	conn, err := tls.Dial("tcp", host, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].Raw
}

func TestAnHTTPSMockShowsTheSameCertificateAfterARestart(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	env := []string{"XDG_CACHE_HOME=" + cache, "HOME=" + cache}
	first := launch(t, env, "--tls")
	second := launch(t, env, "--tls")
	if !bytes.Equal(shown(t, first), shown(t, second)) {
		t.Error("each start has a certificate of its own")
	}
	file := ""
	for line := range strings.Lines(second.stdout.String()) {
		if _, text, ok := strings.Cut(line, "  certificate      "); ok {
			file, _, _ = strings.Cut(text, ",")
		}
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the banner names no certificate: %v\n%s", err, second.stdout)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	t.Cleanup(client.CloseIdleConnections)
	if response, err := client.Get(strings.TrimSuffix(first.url, "/api/developer") + "/livez"); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("who trusts that file cannot ask: %v", err)
	}
	key := filepath.Join(filepath.Dir(file), "key.pem")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v %v", info, err)
	}
	// One that was damaged is made again.
	if err := os.WriteFile(key, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	third := launch(t, env, "--tls")
	if bytes.Equal(shown(t, third), shown(t, first)) || third.stderr.String() != "" {
		t.Errorf("a damaged certificate: %s", third.stderr)
	}
}

func TestAnHTTPSMockStartsAlsoWhereItsCertificateCannotBeKept(t *testing.T) {
	t.Parallel()
	p := launch(t, []string{"XDG_CACHE_HOME=/dev/null", "HOME=/dev/null"}, "--tls")
	if log := p.stderr.String(); !strings.Contains(log, "the certificate could not be kept") || !strings.Contains(log, "/dev/null") {
		t.Errorf("it says %q", log)
	}
	shown(t, p)
}
