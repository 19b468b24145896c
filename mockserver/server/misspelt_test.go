package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestAMisspeltNameIsToldBesideWhatIsMissingWithoutIt(t *testing.T) {
	t.Parallel()
	m, strict := start(t, unlimited()), start(t, unlimited(), mocktest.Strict())
	body, contentType := form(t, field("phone", "966500000001"), field("templateid", "1"), field("header_type", "TEXT"))
	cases := []struct {
		r                       call
		missing, sent, probably string
	}{
		{call{method: "GET", target: "/conversations?phone_number=123456"}, "phone_number_id", "phone_number", "phone_number_id"},
		{call{method: "POST", target: sendText, body: `{"phone":"966500000001","boby":"hi"}`}, "body", "boby", "body"},
		{
			call{method: "POST", target: sendTo("location"), body: `{"phone":"966500000001","location":{"latitud":1,"longitude":1,"name":"a","address":"b"}}`},
			"location.latitude", "location.latitud", "latitude",
		},
		{call{method: "POST", target: sendTo("template"), body: body, header: []string{"Content-Type: " + contentType}}, "template_id", "templateid", "template_id"},
	}
	for _, c := range cases {
		a := m.do(t, c.r).is(t, http.StatusBadRequest, "validation_failed").names(t, c.missing)
		want := fmt.Sprintf("%q is no known ", c.sent)
		if warning := a.header.Get("X-Mock-Warning"); !strings.HasPrefix(warning, want) || !strings.HasSuffix(warning, "did you mean "+c.probably+"?") {
			t.Errorf("%s: the warning is %q", c.r.target, warning)
		}
		a = strict.do(t, c.r).is(t, http.StatusBadRequest, "validation_failed").names(t, c.missing, c.sent)
		if text := a.detail(c.sent); !strings.HasPrefix(text, "is not known in the ") || !strings.HasSuffix(text, "; did you mean "+c.probably+"?") {
			t.Errorf("%s: %q", c.r.target, text)
		}
	}
}

func TestInAnObjectWhereATextIsWantedNothingElseIsUnknown(t *testing.T) {
	t.Parallel()
	r := call{method: "POST", target: sendText, body: `{"phone":{"number":"966500000001"},"body":"hi"}`}
	start(t, mocktest.Strict()).do(t, r).is(t, http.StatusBadRequest, "validation_failed").names(t, "phone")
}

func TestOfAThousandUnknownPropertiesAHundredAreTold(t *testing.T) {
	t.Parallel()
	var more strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&more, `,"unknown_%d":1`, i)
	}
	r := call{method: "POST", target: sendText, body: `{"phone":"966500000001","body":"hi"` + more.String() + `}`}
	a := start(t, mocktest.Strict()).do(t, r).is(t, http.StatusBadRequest, "validation_failed")
	if named := details(a.value); len(named) != 100 {
		t.Errorf("%d details", len(named))
	}
}
