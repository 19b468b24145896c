package server_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
)

func compressed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestACompressedBodyIs415ThatSaysSo(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachSend(t, func(t *testing.T, _ operation, r call) {
		r.body = compressed(t, r.body)
		r.header = append(r.header, "Content-Encoding: gzip")
		if a := m.do(t, r).is(t, http.StatusUnsupportedMediaType, "unsupported_media_type"); a.value["message"] != "The body must be sent as it is, without Content-Encoding." {
			t.Errorf("%s", a.body)
		}
	})
	same := call{method: "POST", target: sendText, body: `{"phone":"966500000001","body":"hi"}`, header: []string{"Content-Encoding: identity"}}
	m.do(t, same).is(t, http.StatusOK, "")
	m.do(t, call{method: "GET", target: listing, header: []string{"Content-Encoding: gzip"}}).is(t, http.StatusOK, "")
}

func TestJSONInAnotherCharsetIs415ThatAsksForUTF8(t *testing.T) {
	t.Parallel()
	r := call{method: "POST", target: sendText, body: `{"phone":"966500000001","body":"hi"}`, header: []string{"Content-Type: application/json; charset=iso-8859-1"}}
	if a := start(t).do(t, r).is(t, http.StatusUnsupportedMediaType, "unsupported_media_type"); !strings.Contains(string(a.body), "as application/json, in UTF-8.") {
		t.Errorf("%s", a.body)
	}
}
