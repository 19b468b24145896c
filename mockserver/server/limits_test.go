package server_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

func limitHeaders() []string {
	return []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}
}

func (a *answer) number(t *testing.T, header string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(a.header.Get(header), 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", header, err)
	}
	return n
}

func TestEveryOperationHasTheLimitOfTheDocumentAndCountsDown(t *testing.T) {
	t.Parallel()
	m := start(t, at(century()))
	eachOperation(t, func(t *testing.T, op operation) {
		want := op.Extensions["x-rate-limit"].(map[string]any)
		limit, window := int64(want["limit"].(float64)), int64(want["window"].(float64))
		for used := range int64(3) {
			r := op.request()
			r.header = append(r.header, "X-API-Version: v9") // a refused request counts, too, and changes nothing
			a := m.do(t, r).is(t, 400, "validation_failed")
			if a.number(t, "X-RateLimit-Limit") != limit || a.number(t, "X-RateLimit-Remaining") != limit-used-1 {
				t.Errorf("limit %d, used %d: %v", limit, used+1, a.header)
			}
			if reset := a.number(t, "X-RateLimit-Reset"); reset != (century().Unix()/window+1)*window {
				t.Errorf("window of %d s: reset %d, now %d", window, reset, century().Unix())
			}
		}
	})
}

func TestAnOperationWithoutALimitHas200PerMinute(t *testing.T) {
	t.Parallel()
	document := strings.Replace(awalmock.OpenAPI(), "      x-rate-limit: {limit: 500, window: 60, mark: D}\n", "", 1)
	m := start(t, mocktest.Spec("copy.yaml", []byte(document)), at(century()))
	a := m.get(t, "/templates/1").is(t, 200, "")
	if a.number(t, "X-RateLimit-Limit") != 200 || a.number(t, "X-RateLimit-Reset") != century().Add(30*time.Second).Unix() {
		t.Errorf("%v", a.header)
	}
}

func TestALimitIsPerWorkspaceAndOperationInWindowsAlignedToTheClock(t *testing.T) {
	t.Parallel()
	c := newClock(century())
	m := start(t, mocktest.RateLimit("2/1m"), with(func(o *mocktest.Options) { o.Now = c.now }))
	for _, remaining := range []int64{1, 0} {
		if a := m.get(t, listing).is(t, 200, ""); a.number(t, "X-RateLimit-Remaining") != remaining {
			t.Errorf("%v", a.header)
		}
	}
	a := m.get(t, listing).is(t, 429, "rate_limit_exceeded")
	if a.header.Get("Retry-After") != "30" || a.number(t, "X-RateLimit-Remaining") != 0 || a.number(t, "X-RateLimit-Limit") != 2 ||
		a.number(t, "X-RateLimit-Reset") != century().Add(30*time.Second).Unix() {
		t.Errorf("%v", a.header)
	}
	m.get(t, "/templates").is(t, 200, "")
	other := m.Workspaces()[1]
	m.do(t, call{
		target: "/conversations?phone_number_id=654321", secret: other.Secret,
		auth: map[string]string{"X-Domain": other.Domain, "X-Client-ID": other.ClientID},
	}).is(t, 200, "")
	c.add(29 * time.Second)
	if a := m.get(t, listing).is(t, 429, "rate_limit_exceeded"); a.header.Get("Retry-After") != "1" {
		t.Errorf("%v", a.header)
	}
	c.add(time.Second)
	m.get(t, listing).is(t, 200, "")
}

func TestARequestRefusedByAuthenticationDoesNotCountAndHasNoLimitHeaders(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("2/1h"), at(century()))
	for range 4 {
		for _, r := range []call{{target: listing, secret: "wrong"}, {target: listing, at: "1"}, {target: listing, auth: map[string]string{"X-Domain": "-"}}, {target: "/nowhere"}} {
			a := m.do(t, r)
			for _, name := range limitHeaders() {
				if a.header.Get(name) != "" {
					t.Errorf("%d carries %s", a.status, name)
				}
			}
		}
	}
	m.get(t, listing).is(t, 200, "")
	m.get(t, "/conversations").is(t, 400, "validation_failed")
	m.get(t, listing).is(t, 429, "rate_limit_exceeded")
}

func TestARateLimitCanBeSetForAllOrSwitchedOff(t *testing.T) {
	t.Parallel()
	for rate, window := range map[string]int64{"7/1s": 1, "7/1m": 60, "7/1h": 3600} {
		a := start(t, mocktest.RateLimit(rate), at(century())).get(t, "/templates").is(t, 200, "")
		if a.number(t, "X-RateLimit-Limit") != 7 || a.number(t, "X-RateLimit-Reset") != (century().Unix()/window+1)*window {
			t.Errorf("%s: %v", rate, a.header)
		}
	}
	a := start(t, unlimited()).get(t, listing).is(t, 200, "")
	for _, name := range limitHeaders() {
		if a.header.Get(name) != "" {
			t.Errorf("off, and there is %s", name)
		}
	}
}

func TestARequestOverTheLimitChangesNothing(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("1/1h"), at(century()))
	send := call{method: "POST", target: sendText, body: `{"phone":"96650000000","body":"once"}`}
	m.do(t, send).is(t, 200, "")
	before := m.get(t, "/conversations/1?phone_number_id=123456").is(t, 200, "")
	send.body = `{"phone":"96650000000","body":"twice"}`
	m.do(t, send).is(t, 429, "rate_limit_exceeded")
	if strings.Contains(string(m.get(t, listing+"&searchTerm=96650000000").is(t, 200, "").body), "twice") || !strings.Contains(string(before.body), "once") {
		t.Error("a refused request was done")
	}
}

func TestLimitWindowsRunOnTheMachinesTimeWhateverTheWorkspaceClock(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("9/1m"), at(century()), mocktest.StoppedClock(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)))
	if a := m.get(t, listing); a.number(t, "X-RateLimit-Reset") != century().Add(30*time.Second).Unix() {
		t.Errorf("%v", a.header)
	}
}
