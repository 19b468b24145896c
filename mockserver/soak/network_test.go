//go:build unix

package soak_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// A network is what lies between mocks and PostgreSQL: a proxy, which can let nothing through, without a word, and later what was held up.
type network struct {
	listener net.Listener
	mu       sync.Mutex
	to       string        // socket of the server
	open     chan struct{} // closed while it lets everything through
	all      map[net.Conn]bool
}

func newNetwork(t *testing.T, socket string) *network {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{listener: listener, to: socket, open: make(chan struct{}), all: map[net.Conn]bool{}}
	close(n.open)
	go n.run()
	t.Cleanup(func() {
		listener.Close()
		n.heal()
		n.lead("")
	})
	return n
}

// url is that of a database behind the network.
func (n *network) url(direct string) string {
	before, _, _ := strings.Cut(direct, "?")
	return strings.Replace(before, "@/", "@"+n.listener.Addr().String()+"/", 1) + "?sslmode=disable"
}

// cut lets nothing through any more.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open = make(chan struct{})
}

// heal lets everything through again, first what was held up.
func (n *network) heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	select {
	case <-n.open:
	default:
		close(n.open)
	}
}

// lead leads to another server; the connections that there are break.
func (n *network) lead(socket string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.to = socket
	for c := range n.all {
		c.Close()
	}
	clear(n.all)
}

func (n *network) run() {
	for {
		c, err := n.listener.Accept()
		if err != nil {
			return
		}
		n.mu.Lock()
		socket := n.to
		n.mu.Unlock()
		go n.serve(c, socket)
	}
}

func (n *network) serve(c net.Conn, socket string) {
	defer c.Close()
	<-n.gate()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer server.Close()
	n.mu.Lock()
	n.all[c], n.all[server] = true, true
	n.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{c, server}, {server, c}} {
		go func() {
			n.copy(way[1], way[0])
			done <- struct{}{}
		}()
	}
	<-done
	<-n.gate() // that the other side has gone is held up as well
}

func (n *network) gate() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.open
}

func (n *network) copy(to io.Writer, from io.Reader) {
	piece := make([]byte, 32<<10)
	for {
		read, err := from.Read(piece)
		<-n.gate()
		if _, wrong := to.Write(piece[:read]); err != nil || wrong != nil {
			return
		}
	}
}

func TestNothingIsLostOrDoubledWhenTheNetworkToOneReplicaIsCutAndHealed(t *testing.T) {
	t.Parallel()
	for round := range rounds(t) {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			server := newServer(t)
			_, url := server.Migrated(t)
			lossy := newNetwork(t, server.Socket())
			replicas := []*replica{
				launch(t, "cut off", lossy.url(url), "--clock=2024-01-20T12:00:00Z"),
				launch(t, "replica 2", url, "--clock=2024-01-20T12:00:00Z"), launch(t, "replica 3", url, "--clock=2024-01-20T12:00:00Z"),
			}
			tenants := []string{"hot", "one", "two", "three"}
			create(t, replicas, tenants...)
			tellLogs(t, replicas)
			l := begin(replicas, tenants[:3], 6, 3, 3)
			l.more(t, 100)
			lossy.cut()
			asked := askAll(replicas[0])
			eventually(t, "the replica does not find out that it is cut off", func() bool {
				return strings.Contains(replicas[0].log.String(), "the store cannot be written")
			})
			l.more(t, 20)
			t.Log(asked.end(t))
			lossy.heal()
			l.more(t, 100)
			l.end()
			l.verify(t)
			t.Log(l.summary())
		})
	}
}

func TestNothingAcknowledgedIsLostWhenASynchronousStandbyTakesOver(t *testing.T) {
	t.Parallel()
	for round := range rounds(t) {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			first := newServer(t)
			name, url := first.Migrated(t)
			standby, err := first.Standby()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = standby.Stop() })
			first.Exec(t, name, "ALTER SYSTEM SET synchronous_standby_names = 'standby'", "SELECT pg_reload_conf()")
			between := newNetwork(t, first.Socket())
			var replicas []*replica
			for n := range 3 {
				replicas = append(replicas, launch(t, fmt.Sprint("replica ", n+1), between.url(url), "--clock=2024-01-20T12:00:00Z"))
			}
			tenants := []string{"hot", "one", "two"}
			create(t, replicas, tenants...)
			tellLogs(t, replicas)
			l := begin(replicas, tenants, 6, 3, 3)
			l.more(t, 150)
			if err := first.Control("stop", "-m", "immediate"); err != nil {
				t.Error(err)
			}
			if err := standby.Control("promote"); err != nil {
				t.Fatal(err)
			}
			between.lead(standby.Socket())
			l.more(t, 150)
			l.end()
			l.verify(t)
			t.Log(l.summary())
			for _, r := range replicas {
				if strings.Contains(r.log.String(), "no synchronous standby") {
					t.Errorf("%s warns of a missing standby", r.name)
				}
			}
			if err := first.Control("start"); err != nil { // what stops it expects it to run
				t.Log(err)
			}
		})
	}
}
