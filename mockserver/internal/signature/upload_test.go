package signature_test

import (
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/signature"
)

func TestAnUploadIsSignedAsTheSchemeSays(t *testing.T) {
	t.Parallel()
	key := signature.NewKey("s")
	r := signature.Request{Method: "POST", Target: "/api/x?a=1", Timestamp: "1704124800", Body: []byte("--b--"), Upload: true}
	whole := signature.Sign("s", signature.Request{Method: "POST", Target: "/x?a=1", Timestamp: r.Timestamp, Body: r.Body})
	empty := signature.Sign("s", signature.Request{Method: "POST", Target: "/x?a=1", Timestamp: r.Timestamp})
	for mode, want := range map[signature.Upload]struct {
		whole, empty bool
		signs        string
	}{
		signature.UploadBody:   {true, false, whole},
		signature.UploadEmpty:  {false, true, empty},
		signature.UploadEither: {true, true, whole},
	} {
		s := signature.Scheme{BasePath: "/api", Path: signature.Either, Upload: mode}
		d := s.Digest(key, r)
		_, _ = d.Write(r.Body)
		if s.Verify(key, whole, r) != want.whole || d.Verify(whole) != want.whole {
			t.Errorf("%v: the whole body signed: %v, passing by %v", mode, s.Verify(key, whole, r), d.Verify(whole))
		}
		if s.Verify(key, empty, r) != want.empty || d.Verify(empty) != want.empty {
			t.Errorf("%v: nothing signed: %v, passing by %v", mode, s.Verify(key, empty, r), d.Verify(empty))
		}
		if s.Sign(key, r) != want.signs || !d.Verify(want.signs) {
			t.Errorf("%v signs %s, passing by %v", mode, s.Sign(key, r), d.Verify(want.signs))
		}
		r := r
		r.Upload = false
		if !s.Verify(key, whole, r) || s.Verify(key, empty, r) {
			t.Errorf("%v: another body than an upload's is always signed", mode)
		}
	}
}

func TestWhatIsAnUpload(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"multipart/form-data": true, "multipart/form-data; boundary=b": true, " Multipart/Form-Data ;boundary=b": true,
		"multipart/form-data2": false, "multipart/mixed": false, "application/json": false, "": false,
	} {
		if got := signature.IsUpload(contentType); got != want {
			t.Errorf("%q: %v", contentType, got)
		}
	}
}

func TestTheWordsOfWhatIsSignedOfAnUpload(t *testing.T) {
	t.Parallel()
	for _, u := range []signature.Upload{signature.UploadBody, signature.UploadEmpty, signature.UploadEither} {
		if got, err := signature.ParseUpload(u.String()); err != nil || got != u {
			t.Errorf("%v: %v, %v", u, got, err)
		}
	}
	if _, err := signature.ParseUpload("nothing"); err == nil || !strings.Contains(err.Error(), "body, empty or either") {
		t.Errorf("%v", err)
	}
}
