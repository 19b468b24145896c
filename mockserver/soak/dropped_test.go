//go:build linux

package soak_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store/pgtest"
)

// ready reports whether a replica says that it can write.
func ready(t *testing.T, r *replica) bool {
	t.Helper()
	status, _, _ := r.ask(t.Context(), http.MethodGet, "/readyz", "", nil)
	return status == http.StatusOK
}

// steady are the flags of replicas whose reads can be compared, and whose workspaces do not become full.
var steady = []string{"--clock=2024-01-20T12:00:00Z", "--max-events=1000000"}

// oneFar starts three replicas on a database, the first of them on an island.
func oneFar(t *testing.T, server *pgtest.Server, flags ...string) (far *island, replicas []*replica) {
	t.Helper()
	far = newIsland(t, server)
	_, url := server.Migrated(t)
	replicas = []*replica{far.launch(t, "cut off", url, flags...), launch(t, "replica 2", url, flags...), launch(t, "replica 3", url, flags...)}
	tellLogs(t, replicas)
	return far, replicas
}

func TestNothingIsLostAndNothingHangsWhenTheNetworkDropsPackets(t *testing.T) {
	t.Parallel()
	for round := range rounds(t) {
		for name, both := range map[string]bool{"both ways": true, "answers only": false} {
			t.Run(fmt.Sprintf("round %d, %s", round+1, name), func(t *testing.T) {
				server := newServer(t)
				far, replicas := oneFar(t, server, steady...)
				tenants := []string{"hot", "one", "two", "three"}
				create(t, replicas, tenants...)
				l := begin(replicas, tenants[:3], 6, 3, 3)
				l.more(t, 100)
				far.cut(t, both)
				cut := time.Now()
				asked := askAll(replicas[0])
				eventually(t, "the replica does not find out that it is cut off", func() bool { return !ready(t, replicas[0]) })
				noticed := time.Since(cut)
				eventually(t, "the server keeps the connections of the replica that is cut off", func() bool { return connections(t, server, far.mock) == 0 })
				dropped := time.Since(cut)
				l.more(t, 20)
				slowest := asked.end(t)
				far.heal(t, both)
				healed := time.Now()
				eventually(t, "the replica does not recover", func() bool { return ready(t, replicas[0]) })
				t.Logf("noticed after %v, connections dropped by the server after %v, recovered %v after the cut; %s", noticed, dropped, time.Since(healed), slowest)
				replicas[0].must(t, http.StatusOK, http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "three", map[string]string{"phone": "966500000001", "body": "again"})
				l.more(t, 100)
				l.end()
				l.verify(t)
				t.Log(l.summary())
			})
		}
	}
}

func TestAMockGoesOnWithNewConnectionsWhenAFirewallHasForgottenTheOldOnes(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	far, replicas := oneFar(t, server, steady...)
	tenants := []string{"hot", "one", "two"}
	create(t, replicas, tenants...)
	l := begin(replicas, tenants, 6, 3, 3)
	l.more(t, 300)
	far.forget(t)
	began := time.Now()
	eventually(t, "the replica does not go on", func() bool { return strings.Contains(replicas[0].log.String(), "the store can be written again") })
	t.Logf("went on after %v", time.Since(began))
	var all sync.WaitGroup
	for range 15 { // more than one connection's worth
		all.Go(func() {
			if status, _, _ := replicas[0].ask(t.Context(), http.MethodGet, "/__admin/events?workspace=one", "", nil); status != http.StatusOK {
				t.Errorf("a question to the database uses a connection that is dead: %d", status)
			}
		})
	}
	all.Wait()
	l.more(t, 100)
	l.end()
	l.verify(t)
	t.Log(l.summary())
}

// connections is how many connections from an address the server has.
func connections(t *testing.T, server *pgtest.Server, from string) (n int) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), server.URL("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if err := c.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE client_addr = $1::inet", from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// An arrival is a webhook that came.
type arrival struct{ from, id string }

// A slowReceiver takes webhooks one after the other, on an address that the mock on the island reaches too.
type slowReceiver struct {
	url string
	mu  sync.Mutex
	all []arrival
}

func newSlowReceiver(t *testing.T, far *island) *slowReceiver {
	t.Helper()
	r := &slowReceiver{}
	listener, err := net.Listen("tcp", far.tests+":0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(r.receive))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func (r *slowReceiver) receive(w http.ResponseWriter, q *http.Request) {
	text, _ := io.ReadAll(q.Body)
	var body struct{ Challenge string }
	if json.Unmarshal(text, &body) == nil && body.Challenge != "" {
		fmt.Fprintf(w, `{"challenge":%q}`, body.Challenge)
		return
	}
	from, _, _ := net.SplitHostPort(q.RemoteAddr)
	r.mu.Lock()
	r.all = append(r.all, arrival{from, q.Header.Get("X-Awal-Event-Id")})
	r.mu.Unlock()
	time.Sleep(150 * time.Millisecond) // the receiver is slow, nothing waits for it
}

func (r *slowReceiver) arrivals() []arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

func TestAMockThatIsCutOffSendsNoWebhooksOnceAnotherOneDoes(t *testing.T) {
	t.Parallel()
	const texts = 100
	server := newServer(t)
	far, replicas := oneFar(t, server, append([]string{"--allow-private-webhooks"}, steady...)...)
	create(t, replicas, "one")
	slow := newSlowReceiver(t, far)
	replicas[0].must(t, http.StatusOK, http.MethodPut, "/__admin/webhooks?workspace=one", "", map[string]any{"endpoints": []any{map[string]any{"url": slow.url}}})
	for n := range texts {
		replicas[1].must(t, http.StatusOK, http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "one", map[string]string{"phone": "966500000001", "body": fmt.Sprint("text ", n)})
	}
	eventually(t, "no webhook comes", func() bool { return len(slow.arrivals()) > 5 })
	far.cut(t, true)
	count := func() (ids map[string]int, late, before int, others bool) {
		ids = map[string]int{}
		for _, a := range slow.arrivals() {
			ids[a.id]++
			switch {
			case a.from != far.mock:
				others = true
			case others:
				late++
			default:
				before++
			}
		}
		return ids, late, before, others
	}
	eventually(t, "the webhooks do not come from another mock", func() bool {
		ids, late, _, others := count()
		if late > 0 {
			t.Fatalf("%d webhooks came from the mock that is cut off after another one had begun", late)
		}
		return others && len(ids) >= texts
	})
	ids, _, before, _ := count()
	doubled := 0
	for _, n := range ids {
		doubled += n - 1
	}
	t.Logf("%d webhooks, %d of them twice; the mock that is cut off had sent %d", len(ids), doubled, before)
	far.heal(t, true)
	eventually(t, "the replica does not recover", func() bool { return ready(t, replicas[0]) })
	replicas[0].must(t, http.StatusOK, http.MethodGet, "/__admin/webhooks?workspace=one", "", nil)
}
