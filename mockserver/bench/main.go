// Command bench measures the mock as a whole process: requests per second beside a bare net/http handler, the time of its
// start, its memory, a workspace of a hundred thousand conversations, its collections, and its webhooks. It prints Markdown tables; docs/benchmarks.md
// says what they mean.
//
// Server and client are processes of their own, one core each. Nothing of this is linked into the mock.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

// roles are the jobs of this program when it starts itself.
func roles() map[string]func(io.Reader, io.Writer) error {
	return map[string]func(io.Reader, io.Writer) error{"client": runClient, "bare": runBare, "unchecked": runUnchecked}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) == 2 && args[0] == "as" {
		role := roles()[args[1]]
		if role == nil {
			return fmt.Errorf("there is no role %q", args[1])
		}
		return role(stdin, stdout)
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	b := bench{out: stdout}
	flags.IntVar(&b.rounds, "rounds", 9, "rounds in which the servers take turns")
	flags.DurationVar(&b.turn, "turn", time.Second, "how long one server is asked in one round")
	flags.IntVar(&b.connections, "connections", 16, "connections of the client")
	flags.StringVar(&b.other, "against", "", "program of another version of the mock, which takes turns with this one in the parts start, requests, send and memory")
	only := flags.String("only", "", "comma-separated parts to measure: "+strings.Join(names(), ", ")+" (default all)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b.rounds < 1 || b.connections < 1 || b.turn <= 0 {
		return fmt.Errorf("-rounds, -connections and -turn must be positive")
	}
	return b.run(ctx, *only)
}

// A bench is one run of the measurements.
type bench struct {
	rounds      int
	turn        time.Duration
	connections int
	out         io.Writer

	dir    string // for what only this run needs
	self   string // this program
	mock   string // the mock's program
	other  string // the program of another version of the mock; "": none
	pinned bool   // taskset is there
	free   bool   // server and client may use all cores
	once   bool   // a turn is each request once, and has no time
}

// parts are the measurements, in their order.
var parts = [...]struct {
	name    string
	measure func(*bench, context.Context) error
}{
	{"start", (*bench).start},
	{"requests", (*bench).requests},
	{"send", (*bench).send},
	{"memory", (*bench).memory},
	{"large", (*bench).large},
	{"beside", (*bench).beside},
	{"collections", (*bench).collections},
	{"bulk", (*bench).bulkPut},
	{"webhooks", (*bench).webhooks},
	{"store", (*bench).store},
	{"replicas", (*bench).replicated},
}

func names() []string {
	var all []string
	for _, p := range parts {
		all = append(all, p.name)
	}
	return all
}

func (b *bench) run(ctx context.Context, only string) error {
	wanted := names()
	if only != "" {
		wanted = strings.Split(only, ",")
	}
	for _, name := range wanted {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("-only: there is no part %q", name)
		}
	}
	dir, err := os.MkdirTemp("", "awalmock-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir, b.mock = dir, filepath.Join(dir, "mockserver")
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", b.mock, "example.com/awalmock/mockserver")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as a release is built
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the mock does not build: %w\n%s", err, out)
	}
	_, err = exec.LookPath("taskset")
	b.pinned = err == nil && runtime.NumCPU() > 1
	b.machine()
	for _, p := range parts {
		if !slices.Contains(wanted, p.name) {
			continue
		}
		if err := p.measure(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// machine prints the machine that the figures were measured on.
func (b *bench) machine() {
	cpu := "unknown CPU"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(info), "model name"); found {
			line, _, _ := strings.Cut(rest, "\n")
			cpu = strings.TrimLeft(line, "\t :")
		}
	}
	b.printf("%s, %d cores, %s/%s, %s, load at the start %s\n", cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), load())
	if b.pinned {
		b.printf("server on core %d, client on core %d (taskset)\n", serverCore, clientCore)
	} else {
		b.printf("not pinned (no taskset, or one core): server and client have GOMAXPROCS=1, and disturb each other\n")
	}
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

func (b *bench) printf(format string, args ...any) { fmt.Fprintf(b.out, format, args...) }

// table prints a Markdown table.
func (b *bench) table(title string, rows ...[]string) {
	b.printf("\n%s\n\n", title)
	for i, row := range rows {
		b.printf("| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.printf("|%s\n", strings.Repeat("---|", len(row)))
		}
	}
}

// quantile returns a quantile of values, which it sorts; 0.5 is the median.
func quantile(values []float64, q float64) float64 {
	slices.Sort(values)
	return values[min(len(values)-1, int(q*float64(len(values))))]
}

func median(values []float64) float64 { return quantile(values, 0.5) }
