package journal_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/journal"
)

func TestASecretIsMaskedInEveryFormInWhichItCanStand(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"your-hmac-secret", "a/b+c d\"e", "zażółć-السر", "c2VjcmV0IQ=="} {
		s := &journal.Secrets{}
		s.Use([]string{secret, "another secret"})
		var percent, escaped strings.Builder
		for _, b := range []byte(secret) {
			fmt.Fprintf(&percent, "%%%02X", b)
		}
		for _, r := range secret {
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
		forms := []string{
			secret, strings.ToUpper("x") + secret, percent.String(), escaped.String(), url.QueryEscape(secret), url.PathEscape(secret),
			url.QueryEscape(url.QueryEscape(secret)), fmt.Sprintf("%+q", secret), strings.ReplaceAll(secret, "/", `\/`),
			hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
			for _, around := range []string{"", "a", "ab", "client:"} {
				forms = append(forms, encoding.EncodeToString([]byte(around+secret)), url.QueryEscape(encoding.EncodeToString([]byte(around+secret+"\nmore"))))
			}
		}
		for _, form := range forms {
			got := s.Mask("before " + form + " behind")
			if !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " behind") || !strings.Contains(got, "***") || len(got) > 65 {
				t.Errorf("%q: %q is shown as %q", secret, form, got)
			}
		}
		for _, text := range []string{"", "your", "%", "%zz\\", "\\u12", "before and behind", `{"phone":"966500000001"}`} {
			if got := s.Mask(text); got != text {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
}

func TestTheBeginningOfASecretAtTheEndOfACutTextIsMasked(t *testing.T) {
	t.Parallel()
	s := &journal.Secrets{}
	s.Use([]string{"your-hmac-secret"})
	if got := s.MaskCut("x your-hmac-sec"); got != "x ***" {
		t.Errorf("%q", got)
	}
	if got := s.Mask("x your-hmac-sec"); got != "x your-hmac-sec" {
		t.Errorf("%q", got)
	}
}

func TestTheSecretOfAWorkspaceThatIsGoneStaysMasked(t *testing.T) {
	t.Parallel()
	s := &journal.Secrets{}
	for i := range 1500 {
		s.Use([]string{fmt.Sprintf("secret-%04d", i)})
	}
	for i, want := range map[int]string{1499: "***", 1498: "***", 500: "***", 100: "secret-0100"} {
		if got := s.Mask(fmt.Sprintf("secret-%04d", i)); got != want {
			t.Errorf("%d: %q", i, got)
		}
	}
}

func TestAShortTextIsNoSecret(t *testing.T) {
	t.Parallel()
	s := &journal.Secrets{}
	s.Use([]string{"", "s", "abc"})
	if got := s.Mask("abc s"); got != "abc s" {
		t.Errorf("%q", got)
	}
}
