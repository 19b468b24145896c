package receiver

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// A page that is slow now and then: the wait for an effect ends while the page is read.
func TestAnEffectThatNeverComesIsMissingAlsoWhereThePageIsSlow(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(effectsWait*2/3 - effectsEach): // of two looks, the second one begins before the end of the wait, and ends after it
		case <-r.Context().Done():
		}
		_, _ = out.Write([]byte("[]"))
	}))
	t.Cleanup(page.Close)
	u, err := url.Parse(page.URL)
	if err != nil {
		t.Fatal(err)
	}
	p := &effectsPage{http: page.Client(), url: u}
	seen, err := p.await(t.Context(), "wamid.1", func(seen []effect) bool { return len(seen) > 0 })
	if err != nil || len(seen) != 0 {
		t.Errorf("seen %v, error %v", seen, err)
	}
}
