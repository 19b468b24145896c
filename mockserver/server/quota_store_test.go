package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// partnerOn makes a workspace with terms, and gives a client for it that outlives restarts.
func partnerOn(t *testing.T, m *mock, n adminapi.NewWorkspace) server.Workspace {
	t.Helper()
	n.Domain, n.PhoneNumberID = "partner", "777"
	made, err := m.CreateWorkspace(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return server.Workspace{Domain: made.Domain, ClientID: made.ClientID, Secret: made.Secret}
}

// reads sends requests until one is refused, at most so many, and gives how many were answered, and the last status.
func readsOf(t *testing.T, m *mock, w server.Workspace, most int) (answered, status int) {
	t.Helper()
	client := m.ClientOf(w)
	for answered < most {
		response, err := client.Get(m.URL + "/conversations?phone_number_id=777")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if status = response.StatusCode; status != http.StatusOK {
			return answered, status
		}
		answered++
	}
	return answered, status
}

func TestAQuotaOfRequestsIsExactOverRestartsAndNeverExceededByAKill(t *testing.T) {
	t.Parallel()
	const quota = 250
	machine := &machineClock{at: sendClock}
	now := with(func(o *mocktest.Options) { o.Now = machine.now })
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, machine.now, nil), now)
	w := partnerOn(t, m, adminapi.NewWorkspace{Quota: &adminapi.Quota{RequestsPerDay: quota}})
	readsOf(t, m, w, 101)
	stop()
	m, stop = startOn(t, openFile(t, path, machine.now, nil), now)
	described, err := m.Workspace("partner").Describe(t.Context())
	if err != nil || described.Used.RequestsToday != 101 {
		t.Fatalf("%v: %+v after a restart", err, described.Used)
	}
	if answered, status := readsOf(t, m, w, quota); answered != quota-101 || status != http.StatusTooManyRequests {
		t.Errorf("%d were answered, then %d", answered, status)
	}
	stop()
	m, stop = startOn(t, openFile(t, path, machine.now, nil), now)
	if answered, status := readsOf(t, m, w, quota); answered != 0 || status != http.StatusTooManyRequests {
		t.Errorf("after a restart %d were answered, then %d", answered, status)
	}
	if _, err := m.Workspace("partner").Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	first, _ := readsOf(t, m, w, 101)
	// The process is killed: nothing is given back.
	s := openCopy(t, path, machine.now)
	killed, stopKilled := startOn(t, s, now)
	second, status := readsOf(t, killed, w, quota)
	if total := first + second; total > quota || total < quota-quota/100 || status != http.StatusTooManyRequests {
		t.Errorf("%d and, after a kill, %d were answered of %d, then %d", first, second, quota, status)
	}
	stopKilled()
	stop()
}

// openCopy opens a copy of a file that a mock uses: what a kill would leave.
func openCopy(t *testing.T, path string, now func() time.Time) *store.Store {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, end := range []string{"", "-wal"} {
		text, err := os.ReadFile(path + end)
		if err == nil {
			err = os.WriteFile(to+end, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return openFile(t, to, now, nil)
}

func TestTheTermsOfAWorkspaceOutliveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	machine := &machineClock{at: sendClock}
	now := with(func(o *mocktest.Options) { o.Now = machine.now })
	m, stop := startOn(t, openFile(t, path, machine.now, nil), now)
	terms := adminapi.NewWorkspace{
		Quota:     &adminapi.Quota{Conversations: 2, Events: 50, RequestsPerDay: 1000, Endpoints: 3, Bytes: 5000},
		ExpiresAt: new(sendClock.Add(48 * time.Hour)),
	}
	w := partnerOn(t, m, terms)
	for i := range 2 {
		if _, err := m.Workspace("partner").CreateConversation(t.Context(), adminapi.NewConversation{Phone: fmt.Sprintf("96655500000%d", i), PhoneNumberID: "777"}); err != nil {
			t.Fatal(err)
		}
	}
	before, err := m.Workspace("partner").Describe(t.Context())
	if err != nil || before.Used.Bytes == 0 {
		t.Fatalf("%v %+v", err, before.Used)
	}
	stop()
	m, stop = startOn(t, openFile(t, path, machine.now, nil), now)
	after, err := m.Workspace("partner").Describe(t.Context())
	if err != nil || *after.Quota != *terms.Quota || !after.ExpiresAt.Equal(*terms.ExpiresAt) || *after.Used != *before.Used {
		t.Fatalf("%v: %+v %+v, before %+v %+v", err, after.Quota, after.Used, before.Quota, before.Used)
	}
	if _, err := m.Workspace("partner").CreateConversation(t.Context(), adminapi.NewConversation{Phone: "966555000009", PhoneNumberID: "777"}); !errors.Is(err, mocktest.ErrConflict) {
		t.Errorf("one conversation too many: %v", err)
	}
	if _, err := m.Workspace("partner").Advance(t.Context(), 48*time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, status := readsOf(t, m, w, 1); status != http.StatusUnauthorized {
		t.Errorf("an expired workspace answers %d", status)
	}
	machine.advance(2 * time.Second)
	readsOf(t, m, w, 1) // a request sweeps
	stop()
	s := openFile(t, path, machine.now, nil)
	if _, found := s.Clients()["partner"]; found {
		t.Error("the store still has the expired workspace")
	}
	if total, err := s.Use(context.Background(), "partner", sendClock.Unix()/86400+2, 0); err != nil || total != 0 {
		t.Errorf("%d %v", total, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
