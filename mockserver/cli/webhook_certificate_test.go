package cli

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWebhooks_AuthorityOfAnHTTPSReceiverCanBeNamedInTheEnvironment(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("SSL_CERT_FILE is for Linux and the BSDs")
	}
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body) // the challenge is in it
	}))
	defer receiver.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: receiver.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env  []string
		want int
	}{{[]string{"SSL_CERT_FILE=" + file}, 200}, {nil, 400}} {
		mock := launch(t, c.env)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, strings.TrimSuffix(mock.url, "/api/developer")+"/__admin/webhooks",
			strings.NewReader(`{"endpoints":[{"url":"`+receiver.URL+`"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != c.want || c.want == 400 && !strings.Contains(string(text), "certificate is not trusted") {
			t.Errorf("%v: %d %s", c.env, response.StatusCode, text)
		}
	}
}
