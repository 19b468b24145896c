package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// webhooks measures how fast webhooks are sent, and what endpoints that never answer cost the others. Mock and receiver share all
// cores; the receiver is this process.
func (b *bench) webhooks(ctx context.Context) error {
	b.free = true
	defer func() { b.free = false }()
	for _, measure := range []func(context.Context) error{b.deliveries, b.wake, b.silent} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// nothingDelivered lets a sent message stay sent: each send is one event.
const nothingDelivered = "--delivery=delivered=1000h,read=2000h"

// recipients are phones that have no conversation before.
func recipients(n int) []string {
	phones := make([]string, n)
	for i := range phones {
		phones[i] = strconv.Itoa(966590000000 + i)
	}
	return phones
}

// deliveries measures how many deliveries a second go to a receiver that answers at once. With a stopped clock and late
// deliveries they are queued first; when the clock is moved on, all of them are due.
func (b *bench) deliveries(ctx context.Context) error {
	const perRound, conversations = 20_000, 200
	s, err := b.serveMock(ctx, "mock", "--clock=2024-01-20T12:00:00Z", nothingDelivered)
	if err != nil {
		return err
	}
	defer s.stop()
	r, err := newReceiver()
	if err != nil {
		return err
	}
	defer r.close()
	if err := register(s, "1h", r.url("/hook")); err != nil {
		return err
	}
	rates, costs, receiving := make([]float64, b.rounds), make([]float64, b.rounds), make([]float64, b.rounds)
	for round := range b.rounds {
		var requests [][]byte
		for _, phone := range recipients(conversations) {
			requests = append(requests, text(phone))
		}
		if _, err := b.ask(ctx, job{Addr: s.addr, Requests: requests, Connections: b.connections, Time: time.Minute, Count: perRound}); err != nil {
			return err
		}
		began, mock, self := time.Now(), s.cpu(), cpuOf(os.Getpid())
		if _, err := fetch(s.addr, control("POST", "/clock", []byte(`{"advance":"1h"}`))); err != nil {
			return err
		}
		if _, err := r.wait(perRound); err != nil {
			return err
		}
		rates[round] = perRound / time.Since(began).Seconds()
		costs[round] = microseconds(s.cpu()-mock) / perRound
		receiving[round] = microseconds(cpuOf(os.Getpid())-self) / perRound
	}
	b.table(fmt.Sprintf("Webhooks of %d conversations to one receiver that answers at once (%d rounds of %d)", conversations, b.rounds, perRound),
		[]string{"deliveries/s", "from – to", "CPU of the mock for each", "CPU of the receiver for each"},
		[]string{
			fmt.Sprintf("%.0f", median(rates)), fmt.Sprintf("%.0f – %.0f", quantile(rates, 0), quantile(rates, 1)),
			fmt.Sprintf("%.0f µs", median(costs)), fmt.Sprintf("%.0f µs", median(receiving)),
		})
	return nil
}

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// wake measures how long an event takes to the receiver: one of a command, and one that time alone brings.
func (b *bench) wake(ctx context.Context) error {
	const times, pause = 500, 10 * time.Millisecond
	s, err := b.serveMock(ctx, "mock", "--delivery=delivered=1s,read=2000h")
	if err != nil {
		return err
	}
	defer s.stop()
	r, err := newReceiver()
	if err != nil {
		return err
	}
	defer r.close()
	if err := register(s, "", r.url("/hook")); err != nil {
		return err
	}
	written := map[string]time.Time{}
	for _, phone := range recipients(times) {
		sent, err := sendOne(s, phone)
		if err != nil {
			return err
		}
		written[sent.id] = sent.written
		time.Sleep(pause)
	}
	all, err := r.wait(2 * times)
	if err != nil {
		return err
	}
	arrived := map[statusUpdate]time.Time{}
	for _, a := range all {
		update, err := readUpdate(a.body)
		if err != nil {
			return err
		}
		arrived[update] = a.at
	}
	var commands, due []float64
	for id, at := range written {
		commands = append(commands, milliseconds(arrived[statusUpdate{id, "sent"}].Sub(at)))
		// Times of a workspace are whole seconds: that is when a message becomes delivered.
		later := arrived[statusUpdate{id, "delivered"}]
		due = append(due, milliseconds(later.Sub(later.Truncate(time.Second))))
	}
	b.table(fmt.Sprintf("From an event to the first byte at the receiver (%d messages, %v between them)", times, pause),
		[]string{"event", "median", "99 of 100", "slowest"},
		append([]string{"a message is sent, from the first byte of the request on"}, spread(commands)...),
		append([]string{fmt.Sprintf("it is delivered, from the whole second on; up to %d at once", time.Second/pause)}, spread(due)...))
	return nil
}

func milliseconds(d time.Duration) float64 { return microseconds(d) / 1e3 }

// spread is the median, 99 of 100, and the slowest of delays in milliseconds.
func spread(delays []float64) []string {
	return []string{ms(median(delays)), ms(quantile(delays, 0.99)), ms(quantile(delays, 1))}
}

// A statusUpdate is what a webhook says about a message.
type statusUpdate struct {
	ID     string `json:"message_id"`
	Status string `json:"status"`
}

func readUpdate(body []byte) (statusUpdate, error) {
	var event struct{ Data statusUpdate }
	err := json.Unmarshal(body, &event)
	return event.Data, err
}

// A sending is one message that was sent.
type sending struct {
	id       string
	written  time.Time // when the request was written
	answered time.Time // when the first byte of the answer came
}

// sendOne sends a text on a connection of its own.
func sendOne(s *server, phone string) (sending, error) {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return sending{}, err
	}
	defer func() { _ = c.Close() }() // all of it was read
	if err := c.SetDeadline(time.Now().Add(exchangeTimeout)); err != nil {
		return sending{}, err
	}
	request := text(phone)
	sent := sending{written: time.Now()}
	if _, err := c.Write(request); err != nil {
		return sent, err
	}
	reader := bufio.NewReader(c)
	if _, err := reader.Peek(1); err != nil {
		return sent, err
	}
	sent.answered = time.Now()
	a, err := readWhole(reader)
	if err != nil {
		return sent, err
	}
	var body struct{ Message struct{ MessageID string } }
	err = json.Unmarshal(a.body, &body)
	sent.id = body.Message.MessageID
	return sent, err
}

// A crowd is a mock with many endpoints, and what was measured of it.
type crowd struct {
	*server
	*receiver
	answers, arrivals, cpu []float64 // of each round: milliseconds until an answer and until an arrival, medians; microseconds for a send
}

const (
	healthy       = 50
	sendsInARound = 100
)

// silent compares a mock with 50 endpoints that answer with one that has 50 more, which never answer.
func (b *bench) silent(ctx context.Context) error {
	alone, err := b.newCrowd(ctx, 0)
	if err != nil {
		return err
	}
	defer alone.end()
	beside, err := b.newCrowd(ctx, healthy)
	if err != nil {
		return err
	}
	defer beside.end()
	for round := range b.rounds + 1 {
		for _, c := range []*crowd{alone, beside} {
			if err := c.round(round > 0); err != nil {
				return err
			}
		}
	}
	b.table(fmt.Sprintf("Endpoints that never answer, one send after another (%d rounds of %d, medians)", b.rounds, sendsInARound),
		[]string{"", "50 endpoints that answer", "50 more that never answer", "ratio", "from – to"},
		compared("until the first byte of a send's answer", "ms", alone.answers, beside.answers),
		compared("until the first byte at an endpoint that answers", "ms", alone.arrivals, beside.arrivals),
		compared("CPU of the mock for a send", "µs", alone.cpu, beside.cpu))
	return nil
}

// compared is a row with two measurements of each round and their ratio.
func compared(name, unit string, first, second []float64) []string {
	ratios := make([]float64, len(first))
	for i := range ratios {
		ratios[i] = second[i] / first[i]
	}
	return []string{
		name, fmt.Sprintf("%.2f %s", median(first), unit), fmt.Sprintf("%.2f %s", median(second), unit),
		fmt.Sprintf("%.2f", median(ratios)), fmt.Sprintf("%.2f – %.2f", quantile(ratios, 0), quantile(ratios, 1)),
	}
}

// newCrowd starts a mock with healthy endpoints and some that never answer.
func (b *bench) newCrowd(ctx context.Context, silent int) (*crowd, error) {
	s, err := b.serveMock(ctx, "mock", nothingDelivered)
	if err != nil {
		return nil, err
	}
	r, err := newReceiver()
	if err != nil {
		s.stop()
		return nil, err
	}
	c := &crowd{server: s, receiver: r}
	var urls []string
	for i := range healthy {
		urls = append(urls, r.url(fmt.Sprintf("/hook/%d", i)))
	}
	for i := range silent {
		urls = append(urls, r.url(fmt.Sprintf("%s/%d", silentPath, i)))
	}
	if err := register(s, "", urls...); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

func (c *crowd) end() {
	c.stop()
	c.close()
}

// round sends messages, each when all healthy endpoints have got the one before. The first round warms up and does not count.
func (c *crowd) round(counts bool) error {
	var answers, arrivals []float64
	before := c.server.cpu()
	for _, phone := range recipients(sendsInARound) {
		sent, err := sendOne(c.server, phone)
		if err != nil {
			return err
		}
		arrived, err := c.wait(healthy)
		if err != nil {
			return err
		}
		answers = append(answers, milliseconds(sent.answered.Sub(sent.written)))
		for _, a := range arrived {
			arrivals = append(arrivals, milliseconds(a.at.Sub(sent.written)))
		}
	}
	if counts {
		c.answers, c.arrivals = append(c.answers, median(answers)), append(c.arrivals, median(arrivals))
		c.cpu = append(c.cpu, microseconds(c.server.cpu()-before)/sendsInARound)
	}
	return nil
}
