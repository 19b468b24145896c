package exchange

import (
	"strings"
	"testing"
)

func TestSignaturesAreThoseOfTheCheckValues(t *testing.T) {
	t.Parallel()
	for toSign, want := range map[string]string{
		`POST/w/message/text?phone_number_id=1231704124800{"phone":"96650000000","body":"Hello"}`: "3d3a28eb340079ad838c68984ed0977f001b0f54e5cd6aee42bdbc9561e7170d",
		"GET/conversations?phone_number_id=123456&status=unread1704124800":                        "1c6fe2cfbe4d26f94dac4f9e218c376f50f9d9126625f2070659c9ba8b247084",
		"GET/conversations/1?phone_number_id=1234561704124800":                                    "f4395337ded157652e76e8521b480d446ff874c039250b3f7be1caca36469fcc",
		"GET/fetch-message-status-app?phone_number_id=1234561704124800":                           "f9e186cf665af6efd297e59ba668cd016c7ca07f9b20712b342a5e3e7a310191",
	} {
		if got := Digest("your-hmac-secret", toSign); got != want {
			t.Errorf("%s: %s", toSign, got)
		}
	}
}

func TestEveryTamperedDigestIsAnotherDigest(t *testing.T) {
	t.Parallel()
	for _, right := range []string{Digest("k", "a"), strings.Repeat("0", 64), strings.Repeat("f", 64)} {
		for _, m := range Tamperings() {
			if m.do(right) == right {
				t.Errorf("%s leaves %s as it is", m.Name, right)
			}
		}
	}
}
