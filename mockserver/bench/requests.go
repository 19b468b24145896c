package main

import (
	"bytes"
	"context"
	"fmt"
	"time"
)

// A sample is one turn of one server.
type sample struct {
	perSecond float64 // requests
	cpu       float64 // microseconds of the server's core a request
	busy      float64 // share of the time that the server's core was busy with it
}

// take makes the client send requests to a server for one turn, or each of them once.
func (b *bench) take(ctx context.Context, s *server, requests [][]byte) (sample, error) {
	before := s.cpu()
	j := job{Addr: s.addr, Requests: requests, Connections: b.connections, Time: b.turn, Count: 1 << 40}
	if b.once {
		j.Time, j.Count = time.Minute, int64(len(requests))
	}
	r, err := b.ask(ctx, j)
	if err != nil {
		return sample{}, fmt.Errorf("%s: %w", s.name, err)
	}
	used := s.cpu() - before
	return sample{
		perSecond: float64(r.Requests) / r.Took.Seconds(),
		cpu:       float64(used.Nanoseconds()) / 1e3 / float64(r.Requests),
		busy:      used.Seconds() / r.Took.Seconds(),
	}, nil
}

// alternate lets servers take turns, round after round, so that what disturbs the machine disturbs all of them. The first
// server is what the others are compared with. The first round warms up and does not count.
func (b *bench) alternate(ctx context.Context, title string, requests func() [][]byte, servers ...*server) error {
	samples := make([][]sample, len(servers))
	for round := range b.rounds + 1 {
		for i, s := range servers {
			taken, err := b.take(ctx, s, requests())
			if err != nil {
				return err
			}
			if round > 0 {
				samples[i] = append(samples[i], taken)
			}
		}
	}
	rows := [][]string{{"server", "requests/s", "÷ bare", "from – to", "CPU µs/request", "bare's CPU ÷", "core busy"}}
	for i, s := range servers {
		ratios, cpus := make([]float64, b.rounds), make([]float64, b.rounds)
		for round := range b.rounds {
			ratios[round] = samples[i][round].perSecond / samples[0][round].perSecond
			cpus[round] = samples[0][round].cpu / samples[i][round].cpu
		}
		rows = append(rows, []string{
			s.name, fmt.Sprintf("%.0f", medianOf(samples[i], func(s sample) float64 { return s.perSecond })),
			fmt.Sprintf("%.2f", median(ratios)), fmt.Sprintf("%.2f – %.2f", quantile(ratios, 0), quantile(ratios, 1)),
			fmt.Sprintf("%.2f", medianOf(samples[i], func(s sample) float64 { return s.cpu })), fmt.Sprintf("%.2f", median(cpus)),
			fmt.Sprintf("%.0f %%", 100*medianOf(samples[i], func(s sample) float64 { return s.busy })),
		})
	}
	turn := b.turn.String()
	if b.once {
		turn = "one turn each"
	}
	b.table(fmt.Sprintf("%s (%d rounds of %s, medians)", title, b.rounds, turn), rows...)
	return nil
}

func medianOf(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	return median(values)
}

// requests compares the signed list of ten rows with a bare handler that writes the same bytes.
func (b *bench) requests(ctx context.Context) error {
	mock, err := b.serveMock(ctx, "mock")
	if err != nil {
		return err
	}
	defer mock.stop()
	unsigned, err := b.serveMock(ctx, "mock, --auth=off", "--auth=off")
	if err != nil {
		return err
	}
	defer unsigned.stop()
	unchecked, err := b.serveSelf(ctx, "signature and data only", "unchecked", nil)
	if err != nil {
		return err
	}
	defer unchecked.stop()
	a, err := fetch(mock.addr, list("opened", ""))
	if err != nil {
		return err
	}
	if rows := bytes.Count(a.body, []byte(`"created_at"`)); rows != 10 {
		return fmt.Errorf("the list should have ten rows and has %d", rows)
	}
	other, err := fetch(unchecked.addr, list("opened", ""))
	if err != nil {
		return err
	}
	if len(other.body) != len(a.body) {
		return fmt.Errorf("%s writes %d bytes, the mock %d", unchecked.name, len(other.body), len(a.body))
	}
	bare, err := b.serveSelf(ctx, "bare net/http", "bare", canned{a.header, a.body})
	if err != nil {
		return err
	}
	defer bare.stop()
	servers, stop, err := b.withOther(ctx, bare, mock, unchecked, unsigned)
	if err != nil {
		return err
	}
	defer stop()
	return b.alternate(ctx, fmt.Sprintf("Signed list of ten rows, %d bytes, %d connections", len(a.body), b.connections),
		func() [][]byte { return [][]byte{list("opened", "")} }, servers...)
}

// send compares sending a text with a bare handler that reads the body and writes the same answer.
func (b *bench) send(ctx context.Context) error {
	mock, err := b.serveMock(ctx, "mock")
	if err != nil {
		return err
	}
	defer mock.stop()
	rows, err := rows(mock.addr)
	if err != nil {
		return err
	}
	a, err := fetch(mock.addr, text(rows[0].Phone))
	if err != nil {
		return err
	}
	bare, err := b.serveSelf(ctx, "bare net/http", "bare", canned{a.header, a.body})
	if err != nil {
		return err
	}
	defer bare.stop()
	servers, stop, err := b.withOther(ctx, bare, mock)
	if err != nil {
		return err
	}
	defer stop()
	title := fmt.Sprintf("Sending a text to %d recipients in turn, signed, %d connections", len(rows), b.connections)
	return b.alternate(ctx, title, func() [][]byte {
		var all [][]byte
		for _, row := range rows {
			all = append(all, text(row.Phone))
		}
		return all
	}, servers...)
}
