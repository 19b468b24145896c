//go:build linux

package soak_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/mockserver/internal/store/pgtest"
)

// An island is a network namespace for a mock. Between it and the database is a router that can drop packets without a word, so that no side hears
// of it. What is between the mock and those who ask it is not dropped.
type island struct {
	namespace, router     string
	mock, tests, database string // addresses
}

// islands counts the islands of this process.
var islands atomic.Int64

// newIsland makes an island, and lets the server listen on an address that is reached through its router. Without root or without ip, the test is
// skipped.
func newIsland(t *testing.T, server *pgtest.Server) *island {
	t.Helper()
	const left = "so the network that drops packets is not tried"
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root, " + left)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip is not installed (apt-get install iproute2), " + left)
	}
	// Each island has 16 private addresses; a mock sends no webhooks to those that are reserved for tests of networks.
	n := (int64(os.Getpid())*7 + islands.Add(1)) % (1 << 13)
	address := func(last int64) string { return fmt.Sprintf("10.%d.%d.%d", 198+n>>12, n>>4&255, n&15<<4|last) }
	id := fmt.Sprintf("%x", n)
	i := &island{namespace: "awalmock-" + id, router: "awalmock-r" + id, tests: address(1), mock: address(6), database: address(9)}
	if out, err := exec.CommandContext(t.Context(), "ip", "netns", "add", i.namespace).CombinedOutput(); err != nil {
		t.Skipf("no network namespace can be made, %s: %v: %s", left, err, out)
	}
	t.Cleanup(func() { // the interfaces go with the namespaces
		_ = exec.Command("ip", "netns", "del", i.namespace).Run()
		_ = exec.Command("ip", "netns", "del", i.router).Run()
	})
	here, toHere, toMock, atMock := "aw"+id+"a", "aw"+id+"b", "aw"+id+"c", "aw"+id+"d"
	i.ip(t, "netns add %s", i.router)
	i.ip(t, "link add %s type veth peer name %s netns %s", here, toHere, i.router)
	i.ip(t, "-n %s link add %s type veth peer name %s netns %s", i.router, toMock, atMock, i.namespace)
	i.ip(t, "addr add %s/30 dev %s", i.tests, here)
	i.ip(t, "addr add %s/32 dev %s", i.database, here)
	i.ip(t, "link set %s up", here)
	i.ip(t, "route add %s/30 via %s", address(4), address(2))
	i.ip(t, "-n %s addr add %s/30 dev %s", i.router, address(2), toHere)
	i.ip(t, "-n %s addr add %s/30 dev %s", i.router, address(5), toMock)
	i.ip(t, "-n %s link set %s up", i.router, toHere)
	i.ip(t, "-n %s link set %s up", i.router, toMock)
	i.ip(t, "-n %s route add %s/32 via %s", i.router, i.database, i.tests)
	i.set(t, i.router, "ip_forward", "1")
	i.ip(t, "-n %s addr add %s/30 dev %s", i.namespace, i.mock, atMock)
	i.ip(t, "-n %s link set %s up", i.namespace, atMock)
	i.ip(t, "-n %s link set lo up", i.namespace)
	i.ip(t, "-n %s route add default via %s", i.namespace, address(5))
	i.set(t, i.namespace, "ip_local_port_range", firstPorts)
	if err := server.Listen(i.database); err != nil {
		t.Fatal(err)
	}
	return i
}

// ip runs the command ip with the words of a text.
func (i *island) ip(t *testing.T, format string, args ...any) {
	t.Helper()
	i.run(t, strings.Fields(fmt.Sprintf(format, args...))...)
}

func (i *island) run(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %q: %v: %s", args, err, out)
	}
}

// set sets a parameter of the kernel in a namespace.
func (i *island) set(t *testing.T, namespace, parameter, value string) {
	t.Helper()
	i.run(t, "netns", "exec", namespace, "sh", "-c", `echo "$1" > "/proc/sys/net/ipv4/$2"`, "sh", value, parameter)
}

// launch starts a replica on the island.
func (i *island) launch(t *testing.T, name, url string, flags ...string) *replica {
	t.Helper()
	before, _, _ := strings.Cut(url, "?")
	url = strings.Replace(before, "@/", "@"+i.database+"/", 1) + "?sslmode=disable"
	r := &replica{name: name, store: url, flags: flags, host: i.mock, within: []string{"ip", "netns", "exec", i.namespace}, log: &log{}}
	r.begin(t)
	return r
}

// cut drops what the database sends to the mock, and with both also what the mock sends to it.
func (i *island) cut(t *testing.T, both bool) {
	t.Helper()
	i.ip(t, "-n %s rule add blackhole from %s", i.router, i.database)
	if both {
		i.ip(t, "-n %s rule add blackhole to %s", i.router, i.database)
	}
}

// heal ends the cut.
func (i *island) heal(t *testing.T, both bool) {
	t.Helper()
	i.ip(t, "-n %s rule del blackhole from %s", i.router, i.database)
	if both {
		i.ip(t, "-n %s rule del blackhole to %s", i.router, i.database)
	}
}

// The mock begins connections from ports of the first range, and after forget from those of the second.
const (
	firstPorts, secondPorts = "20000 29999", "30000 39999"
)

// forget drops, both ways, what belongs to the connections that the mock has begun so far. A firewall that has forgotten them does so.
func (i *island) forget(t *testing.T) {
	t.Helper()
	i.set(t, i.namespace, "ip_local_port_range", secondPorts)
	early := strings.Replace(firstPorts, " ", "-", 1)
	i.ip(t, "-n %s rule add blackhole from %s ipproto tcp dport %s", i.router, i.database, early)
	i.ip(t, "-n %s rule add blackhole to %s ipproto tcp sport %s", i.router, i.database, early)
}
