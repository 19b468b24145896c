package main

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestUncheckedAnswersASignedList asks as the bench's client does. The handler must answer a signed request with rows and refuse
// one without a signature; otherwise its figure compares nothing.
func TestUncheckedAnswersASignedList(t *testing.T) {
	h, err := newUnchecked()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, basePath+"/conversations?phone_number_id="+number, http.NoBody))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("without a signature: status %d, want 401", w.Code)
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(list("opened", ""))))
	if err != nil {
		t.Fatal(err)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"last_message"`) {
		t.Errorf("signed: status %d, body %.200s; want 200 and a list", w.Code, w.Body)
	}
}
