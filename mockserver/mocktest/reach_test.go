package mocktest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func TestAMockOnEveryAddressSaysOneAtWhichItIsReached(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.Addr("0.0.0.0:0"), mocktest.TLS())
	if !strings.HasPrefix(m.URL, "https://127.0.0.1:") {
		t.Errorf("it says %s", m.URL)
	}
	if status, body := get(t, m.Client(), m.URL+"/conversations?phone_number_id=123456"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
}

func TestTheCertificateIsValidWhateverTimeTheMockIsGiven(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)} {
		m := mocktest.Start(t, mocktest.TLS(), func(o *mocktest.Options) { o.Now = func() time.Time { return at } })
		if status, body := get(t, m.Client(), m.URL+"/conversations?phone_number_id=123456"); status != http.StatusOK {
			t.Errorf("%v: %d %s", at, status, body)
		}
	}
}
