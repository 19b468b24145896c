package cli

import (
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTheBannerSaysWhereTheControlAPIIsAndWhyItIsOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		listen, token, want string
	}{
		"loopback":           {"127.0.0.1", "", "/__admin\n"},
		"elsewhere":          {"192.0.2.7", "", "control API      off: others can reach this address; start with --control-token\n"},
		"elsewhere, a token": {"192.0.2.7", "s3cret", "/__admin\n"},
	} {
		m := mocktest.Start(t, mocktest.ControlToken(c.token), func(o *mocktest.Options) { o.Listen = c.listen })
		var out strings.Builder
		if err := (&serveCommand{}).banner(&out, m.Server(), m.Origin); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), c.want) || !strings.Contains(out.String(), "docs             "+m.Origin+"/docs\n") || strings.Contains(out.String(), "s3cret") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}
