package webhook_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// troubled sends messages of one conversation to a receiver with trouble, and gives what has come once all is delivered.
func troubled(t *testing.T, e adminapi.NewWebhook, after time.Duration, want int, texts ...string) (bodies []string, heads []http.Header, m *mocktest.Mock) {
	t.Helper()
	m = standing(t)
	h := newHook(t, ok)
	e.URL = h.URL
	register(t, m, e)
	for _, text := range texts {
		receive(t, m, 1, text)
	}
	if after > 0 {
		eventually(t, m, "all is queued", func(d []adminapi.Delivery) bool { return len(d) >= len(texts) })
		if bodies, _ := h.got(); len(bodies) > 0 && e.Late != "" {
			t.Errorf("too early: %v", bodies)
		}
		advance(t, m, after)
	}
	eventually(t, m, "all is delivered", func(d []adminapi.Delivery) bool {
		got, _ := h.got()
		return len(got) == want && !slices.ContainsFunc(d, func(d adminapi.Delivery) bool { return d.State != "delivered" })
	})
	bodies, heads = h.got()
	return bodies, heads, m
}

func isSigned(m *mocktest.Mock, h http.Header, body string) bool {
	return len(signedBy(h, "/", body, m.Secret)) == 1
}

func TestTrouble_TwiceSendsTheSameTwice(t *testing.T) {
	t.Parallel()
	bodies, heads, _ := troubled(t, adminapi.NewWebhook{Twice: true}, 0, 4, "one", "two")
	if bodies[0] != bodies[1] || heads[0].Get("X-Awal-Event-Id") != heads[1].Get("X-Awal-Event-Id") || bodies[2] != bodies[3] || bodies[1] == bodies[2] {
		t.Errorf("%v", bodies)
	}
}

func TestTrouble_LateWaitsOnTheWorkspacesClock(t *testing.T) {
	t.Parallel()
	troubled(t, adminapi.NewWebhook{Late: "5s"}, 5*time.Second, 1, "one")
}

func TestTrouble_OutOfOrderSwapsTwoAndSendsALonelyOneAfterASecond(t *testing.T) {
	t.Parallel()
	bodies, _, _ := troubled(t, adminapi.NewWebhook{OutOfOrder: true}, time.Second, 3, "one", "two", "three")
	for i, want := range []string{"two", "one", "three"} {
		if !strings.Contains(bodies[i], `"`+want+`"`) {
			t.Errorf("%v", bodies)
		}
	}
}

func TestTrouble_BadlySignedIsSignedOtherwise(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{BadlySigned: true}, 0, 1, "one")
	if isSigned(m, heads[0], bodies[0]) || len(heads[0].Get("X-Awal-Signature-256")) != 71 {
		t.Errorf("%v", heads[0])
	}
}

func TestTrouble_OldTimestampIsRightlySigned(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{OldTimestamp: true}, 0, 1, "one")
	sent, err := strconv.ParseInt(heads[0].Get("X-Timestamp"), 10, 64)
	if age := time.Since(time.Unix(sent, 0)); err != nil || age < 59*time.Minute || !isSigned(m, heads[0], bodies[0]) {
		t.Errorf("%v old: %v", age, heads[0])
	}
}

func TestTrouble_BodyChangedIsStillJSON(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{BodyChanged: true}, 0, 1, "one")
	if isSigned(m, heads[0], bodies[0]) || !json.Valid([]byte(bodies[0])) {
		t.Errorf("%s", bodies[0])
	}
}

func TestTrouble_BatchIsAListSignedAsAWhole(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{Batch: "1s", UnknownField: true}, time.Second, 1, "one", "two", "three")
	var list []struct {
		Unknown bool `json:"mock_unknown"`
		Data    struct{ Body string }
	}
	if err := json.Unmarshal([]byte(bodies[0]), &list); err != nil || len(list) != 3 || list[0].Data.Body != "one" || list[2].Data.Body != "three" || !list[1].Unknown || !isSigned(m, heads[0], bodies[0]) {
		t.Errorf("%v %s", err, bodies[0])
	}
}

func TestTrouble_UnknownEventComesAfterEach(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{UnknownEvent: true}, 0, 2, "one")
	if !strings.Contains(bodies[1], `"event":"mock.unknown"`) || heads[0].Get("X-Awal-Event-Id") == heads[1].Get("X-Awal-Event-Id") || !isSigned(m, heads[1], bodies[1]) {
		t.Errorf("%v", bodies)
	}
}

func TestTrouble_UnknownFieldIsRightlySigned(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{UnknownField: true}, 0, 1, "one")
	if !strings.Contains(bodies[0], `"mock_unknown":true`) || !json.Valid([]byte(bodies[0])) || !isSigned(m, heads[0], bodies[0]) {
		t.Errorf("%s", bodies[0])
	}
}

func TestTrouble_SlowArrivesWhole(t *testing.T) {
	t.Parallel()
	bodies, heads, m := troubled(t, adminapi.NewWebhook{Slow: "300ms"}, 0, 1, "one")
	all, err := m.Workspace("").Deliveries(t.Context(), mocktest.DeliveryFilter{})
	if err != nil || all[0].Attempts[0].DurationMS < 290 || !isSigned(m, heads[0], bodies[0]) {
		t.Errorf("%+v %v", all, err)
	}
}

func TestTrouble_CutEndsTheFirstAttemptInTheMiddle(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	register(t, m, adminapi.NewWebhook{URL: h.URL, Cut: true})
	receive(t, m, 1, "one")
	if d := tries(t, m, 1, "pending"); !strings.Contains(d.Attempts[0].Failure, "on purpose") {
		t.Errorf("%+v", d)
	}
	if bodies, _ := h.got(); len(bodies) != 0 {
		t.Errorf("%v", bodies)
	}
	advance(t, m, 5*time.Second)
	tries(t, m, 2, "delivered")
	if bodies, _ := h.got(); len(bodies) != 1 || !json.Valid([]byte(bodies[0])) {
		t.Errorf("%v", bodies)
	}
}
