//go:build unix

package server_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/mocktest"
)

// sleepy is a mock whose workspaces with webhooks leave memory when the test says so. Its clocks run with the machine's.
func sleepy(retries string) mocktest.Option {
	return with(func(o *mocktest.Options) {
		o.IdleAfter, o.Clock, o.WebhookRetries = time.Hour, time.Time{}, retries
	})
}

// tenantsWithEndpoint makes workspaces with an endpoint and a conversation each.
func tenantsWithEndpoint(t *testing.T, m *mock, url string, n int) (names []string) {
	t.Helper()
	for i := range n {
		name := fmt.Sprint("tenant-", i)
		if _, err := m.CreateWorkspace(t.Context(), adminapi.NewWorkspace{Domain: name, PhoneNumberID: fmt.Sprint(770 + i)}); err != nil {
			t.Fatal(err)
		}
		w := m.Workspace(name)
		if _, err := w.SetEndpoints(t.Context(), adminapi.NewWebhook{URL: url + "/" + name, Events: []string{"message.received"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CreateConversation(t.Context(), adminapi.NewConversation{Phone: "966555000001", PhoneNumberID: fmt.Sprint(770 + i)}); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func (m *mock) receives(t *testing.T, workspace, text string) {
	t.Helper()
	all, err := m.Workspace(workspace).FindConversations(t.Context(), nil)
	if err != nil || len(all.Data) == 0 {
		t.Fatalf("%+v %v", all, err)
	}
	if _, err := m.Workspace(workspace).Receive(t.Context(), all.Data[0].ID, adminapi.NewMessage{Content: text}); err != nil {
		t.Fatal(err)
	}
}

// sleeps lets workspaces leave memory until so many have: those that are busy are tried again.
func (m *mock) sleeps(t *testing.T, want int) {
	t.Helper()
	for tick, began := time.Tick(5*time.Millisecond), time.Now(); m.Server().Idle() != want; <-tick {
		m.Server().SweepIdle()
		if time.Since(began) > time.Minute {
			t.Fatalf("%d workspaces are idle, want %d", m.Server().Idle(), want)
		}
	}
}

// stores make a new store of each kind; each call of what they give opens it again.
var stores = map[string]func(t *testing.T) func() *store.Store{
	"sqlite": func(t *testing.T) func() *store.Store {
		path := filepath.Join(t.TempDir(), "awalmock.db")
		return func() *store.Store { return openFile(t, path, time.Now, nil) }
	},
	"postgres": func(t *testing.T) func() *store.Store {
		_, url := database.Get(t).Migrated(t)
		return func() *store.Store { return openPostgres(t, url) }
	},
}

func TestAWorkspaceWithWebhooksLeavesMemoryAndComesBackForWhatHappens(t *testing.T) {
	t.Parallel()
	for kind, made := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			open, receiver := made(t), newHookReceiver(t)
			m, stop := startOn(t, open(), sleepy("1h"))
			tenantsWithEndpoint(t, m, receiver.URL, 3)
			m.sleeps(t, 3)
			m.receives(t, "tenant-1", "one") // a request brings it back
			receiver.until(t, "the event is sent", func(_, taken []string) bool { return len(taken) == 1 })
			m.sleeps(t, 3)
			all, err := m.Workspace("tenant-1").Deliveries(t.Context(), mocktest.DeliveryFilter{State: "delivered"})
			if err != nil || len(all) != 1 || all[0].EventID != receiver.taken[0] {
				t.Fatalf("%+v %v", all, err)
			}
			if list, err := m.Workspace("tenant-2").Endpoints(t.Context()); err != nil || len(list) != 1 || !list[0].Active {
				t.Fatalf("%+v %v", list, err)
			}
			m.sleeps(t, 3)
			stop()
			m, stop = startOn(t, open(), sleepy("1h")) // so few workspaces are all read at the start
			m.sleeps(t, 3)
			if _, err := m.Workspace("tenant-1").Resend(t.Context(), all[0].ID); err != nil {
				t.Fatal(err)
			}
			receiver.until(t, "it is sent again", func(_, taken []string) bool { return len(taken) == 2 })
			if receiver.taken[0] != receiver.taken[1] {
				t.Errorf("%q", receiver.taken)
			}
			stop()
		})
	}
}

func TestADeliveryOfAWorkspaceThatHasLeftMemoryIsSentWhenItIsDue(t *testing.T) {
	t.Parallel()
	for kind, made := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			open, receiver := made(t), newHookReceiver(t)
			receiver.refuse(true)
			m, stop := startOn(t, open(), sleepy("5s,5s,5s,5s,5s,5s"))
			names := tenantsWithEndpoint(t, m, receiver.URL, 2)
			for _, name := range names {
				m.receives(t, name, "refused first")
			}
			receiver.until(t, "both are tried", func(tried, _ []string) bool { return len(tried) >= 2 })
			m.sleeps(t, 2)
			receiver.refuse(false)
			receiver.until(t, "both are sent by themselves", func(_, taken []string) bool { return len(taken) == 2 })
			m.sleeps(t, 2)
			for _, name := range names {
				all, err := m.Workspace(name).Deliveries(t.Context(), mocktest.DeliveryFilter{State: "delivered"})
				if err != nil || len(all) != 1 {
					t.Fatalf("%+v %v", all, err)
				}
				for i, a := range all[0].Attempts[1:] {
					if waited := a.At.Sub(all[0].Attempts[i].At); waited < 5*time.Second {
						t.Errorf("attempt %d came %v after the one before", i+2, waited)
					}
				}
			}
			stop()
		})
	}
}

func TestAStatusThatTimeBringsIsSentThoughTheWorkspaceHasLeftMemory(t *testing.T) {
	t.Parallel()
	for kind, made := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			open, receiver := made(t), newHookReceiver(t)
			m, stop := startOn(t, open(), sleepy("1h"), with(func(o *mocktest.Options) { o.Delivery = "delivered=1s,read=6s" }))
			w := partnerOn(t, m, adminapi.NewWorkspace{})
			if _, err := m.Workspace("partner").SetEndpoints(t.Context(), adminapi.NewWebhook{URL: receiver.URL, Events: []string{"message.status.updated"}}); err != nil {
				t.Fatal(err)
			}
			answer, err := m.ClientOf(w).Post(m.URL+"/w/message/text?phone_number_id=777", "application/json", strings.NewReader(`{"phone":"966550000077","body":"Hello"}`))
			if err != nil || answer.StatusCode != http.StatusOK {
				t.Fatal(answer, err)
			}
			answer.Body.Close()
			receiver.until(t, "sent and delivered", func(_, taken []string) bool { return len(taken) == 2 })
			m.sleeps(t, 1)
			receiver.until(t, "read", func(_, taken []string) bool { return len(taken) == 3 })
			stop()
		})
	}
}

func TestAResetForgetsTheDeliveriesOfAWorkspaceThatHasLeftMemory(t *testing.T) {
	t.Parallel()
	for kind, made := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			open, receiver := made(t), newHookReceiver(t)
			receiver.refuse(true)
			m, stop := startOn(t, open(), sleepy("1h"))
			tenantsWithEndpoint(t, m, receiver.URL, 1)
			m.receives(t, "tenant-0", "before the reset")
			receiver.until(t, "it is tried", func(tried, _ []string) bool { return len(tried) == 1 })
			m.sleeps(t, 1)
			if err := m.Workspace("tenant-0").Reset(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := m.Workspace("tenant-0").Deliveries(t.Context(), mocktest.DeliveryFilter{})
			if err != nil || len(all) != 0 {
				t.Errorf("%+v %v", all, err)
			}
			if list, err := m.Workspace("tenant-0").Endpoints(t.Context()); err != nil || len(list) != 1 || list[0].Pending != 0 {
				t.Errorf("%+v %v", list, err)
			}
			stop()
		})
	}
}

func TestWorkspacesWithWebhooksThatAreNotUsedCostLittleMemory(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	n := quantity(t)
	receiver := newHookReceiver(t)
	m, stop := startOn(t, openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, nil), sleepy("1h"))
	began := heap()
	tenantsWithEndpoint(t, m, receiver.URL, n)
	for i := range n {
		if _, err := m.Workspace(fmt.Sprint("tenant-", i)).Endpoints(t.Context()); err != nil { // more than a hundred are not in memory
			t.Fatal(err)
		}
	}
	awake := (heap() - began) / int64(n)
	m.sleeps(t, n)
	asleep := (heap() - began) / int64(n)
	t.Logf("%d workspaces with an endpoint: %d bytes each in memory, %d not in it", n, awake, asleep)
	if asleep > awake/3 {
		t.Errorf("%d bytes each that is not in memory, %d in memory", asleep, awake)
	}
	m.receives(t, "tenant-1", "after it")
	receiver.until(t, "the event is sent", func(_, taken []string) bool { return len(taken) == 1 })
	stop()
}

// heap is how many bytes are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestAnIdleWorkspaceIsServedByAnotherReplicaAndSentByOne(t *testing.T) {
	t.Parallel()
	receiver := newHookReceiver(t)
	replicas := replicasOn(t, 2, sleepy("1h"))
	first, second := replicas[0], replicas[1]
	tenantsWithEndpoint(t, first, receiver.URL, 1)
	first.sleeps(t, 1)
	second.sleeps(t, 1)
	second.receives(t, "tenant-0", "one")
	receiver.until(t, "the event is sent", func(_, taken []string) bool { return len(taken) == 1 })
	second.sleeps(t, 1)
	first.sleeps(t, 1)
	first.receives(t, "tenant-0", "two")
	receiver.until(t, "the next one is sent", func(_, taken []string) bool { return len(taken) == 2 })
	for i, m := range replicas {
		all, err := m.Workspace("tenant-0").Deliveries(t.Context(), mocktest.DeliveryFilter{Endpoint: "ep1"})
		if err != nil || len(all) != 2 {
			t.Errorf("replica %d: %+v %v", i, all, err)
		}
	}
	if receiver.tried[0] == receiver.tried[1] || len(receiver.tried) != 2 {
		t.Errorf("%q", receiver.tried)
	}
}
