package main

import (
	"net/http"
	"strings"
	"testing"
)

// Audio, video and documents may be larger than 8 MB: without --large they are tried with 8 MB.
func TestAProxyThatTakesLessThan8MBIsToldByTheTypesThatMayBeLarger(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 7<<20 {
			http.Error(out, "<html>413 Request Entity Too Large</html>", http.StatusRequestEntityTooLarge)
			return
		}
		s.ServeHTTP(out, r)
	}))
	args := append([]string{"--base-url", target, "--capability", "send", "--send-to", "966555000001", "--only", "SEND-MEDIA-SIZE"}, credentials...)
	if code, stdout, _ := contract(t, nil, args...); code != 1 || !strings.Contains(stdout, "a file of 8388608 bytes as audio was not answered as it should be") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}

// nginx takes 1 MB unless it is told otherwise, and answers before the API is asked.
func TestAProxyThatTakesSmallBodiesOnlyIsTold(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	small := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 1<<20 {
			http.Error(out, "<html>413 Request Entity Too Large</html>", http.StatusRequestEntityTooLarge)
			return
		}
		s.ServeHTTP(out, r)
	})
	args := append([]string{"--base-url", serve(t, small), "--capability", "send", "--send-to", "966555000001", "--only", "SEND-MEDIA-SIZE"}, credentials...)
	code, stdout, _ := contract(t, nil, args...)
	if code != 1 || !strings.Contains(stdout, "bytes as image was not answered as it should be") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
}
