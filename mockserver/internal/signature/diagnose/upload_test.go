package diagnose_test

import (
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/signature/diagnose"
)

func TestTheStringToSignOfAnUploadIsShownAsTheSchemeSays(t *testing.T) {
	t.Parallel()
	key := signature.NewKey("s")
	r := signature.Request{Method: "POST", Target: "/api/x?a=1", Timestamp: "1704124800", Body: []byte("--b--"), Upload: true}
	wrong := signature.Sign("other", r)
	for mode, shows := range map[signature.Upload]string{
		signature.UploadBody: "<5 bytes", signature.UploadEmpty: "1704124800", signature.UploadEither: "<5 bytes",
	} {
		s := signature.Scheme{BasePath: "/api", Path: signature.Either, Upload: mode}
		d := s.Digest(key, r)
		_, _ = d.Write(r.Body)
		for _, text := range []string{diagnose.Explain(s, key, wrong, r).StringToSign, diagnose.ExplainUpload(d, wrong).StringToSign} {
			if !strings.Contains(text, shows) || mode == signature.UploadEmpty && strings.Contains(text, "bytes") {
				t.Errorf("%v: string to sign %q", mode, text)
			}
		}
	}
}
