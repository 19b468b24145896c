package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func TestATargetOverHTTP2WithItsOwnCertificate(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	var second, other atomic.Int64
	target := httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			second.Add(1)
		} else {
			other.Add(1)
		}
		s.ServeHTTP(out, r)
	}))
	target.EnableHTTP2 = true
	target.Config.ErrorLog = log.New(io.Discard, "", 0)
	target.StartTLS()
	t.Cleanup(target.Close)
	args := append([]string{"--base-url", target.URL + "/api/developer", listOnly}, credentials...)
	if code, _, stderr := contract(t, nil, args...); code != 2 || !strings.Contains(stderr, "certificate") {
		t.Errorf("an unknown certificate: exit %d, %s", code, stderr)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: target.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, extra := range [][]string{{"--ca-file", file}, {"--insecure"}} {
		if code, stdout, stderr := contract(t, nil, append(extra, args...)...); code != 0 {
			t.Errorf("%v: exit %d\n%s%s", extra, code, stdout, stderr)
		}
	}
	if second.Load() == 0 || other.Load() > 0 {
		t.Errorf("%d requests over HTTP/2, %d over others", second.Load(), other.Load())
	}
}
