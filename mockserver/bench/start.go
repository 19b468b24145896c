package main

import (
	"context"
	"fmt"
	"time"
)

// A program is a version of the mock.
type program struct{ name, path string }

// programs are this version, and the other one if there is one.
func (b *bench) programs() []program {
	all := []program{{"mock", b.mock}}
	if b.other != "" {
		all = append(all, program{"the other version", b.other})
	}
	return all
}

// start measures from the program's start to its first signed answer, both on any core, and the time that it had on cores until then.
func (b *bench) start(ctx context.Context) error {
	const starts = 20
	b.free = true
	defer func() { b.free = false }()
	programs := b.programs()
	took, cpu := make([][]float64, len(programs)), make([][]float64, len(programs))
	for range starts {
		for i, p := range programs {
			wall, used, err := b.startOnce(ctx, p)
			if err != nil {
				return err
			}
			took[i], cpu[i] = append(took[i], wall.Seconds()*1e3), append(cpu[i], used.Seconds()*1e3)
		}
	}
	rows := [][]string{{"server", "median", "fastest", "slowest", "CPU, median", "CPU, least"}}
	for i, p := range programs {
		row := []string{p.name}
		for _, v := range []float64{median(took[i]), quantile(took[i], 0), quantile(took[i], 1), median(cpu[i]), quantile(cpu[i], 0)} {
			row = append(row, fmt.Sprintf("%.1f ms", v))
		}
		rows = append(rows, row)
	}
	b.table(fmt.Sprintf("Start of the process to its first signed answer (%d starts)", starts), rows...)
	return nil
}

func (b *bench) startOnce(ctx context.Context, p program) (wall, cpu time.Duration, err error) {
	began := time.Now()
	s, err := b.serve(ctx, p.name, nil, p.path, quietly()...)
	if err != nil {
		return 0, 0, err
	}
	defer s.stop()
	_, err = fetch(s.addr, list("opened", ""))
	return time.Since(began), s.cpu(), err
}

// memory measures the process after many requests.
func (b *bench) memory(ctx context.Context) error {
	rows := [][]string{{"server", "at the start", "after the requests", "of which its own", "pages of the program file", "highest"}}
	for _, p := range b.programs() {
		row, err := b.memoryOf(ctx, p)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	b.table(fmt.Sprintf("Resident memory, %d requests over %d connections", many, b.connections), rows...)
	return nil
}

func (b *bench) memoryOf(ctx context.Context, p program) ([]string, error) {
	s, err := b.serve(ctx, p.name, nil, p.path, quietly()...)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	atStart, err := s.memory("VmRSS")
	if err != nil {
		return nil, err
	}
	all, err := rows(s.addr)
	if err != nil {
		return nil, err
	}
	requests := [][]byte{list("", ""), list("opened", ""), list("", "a"), signed("GET", "/fetch-message-status-app?phone_number_id="+number, nil)}
	for _, row := range all[:20] {
		requests = append(requests, one(row.ID))
	}
	r, err := b.ask(ctx, job{Addr: s.addr, Requests: requests, Connections: b.connections, Time: 2 * time.Minute, Count: many})
	if err != nil {
		return nil, err
	}
	if r.Requests != many {
		return nil, fmt.Errorf("%d requests in %v are too few", r.Requests, r.Took)
	}
	row := []string{p.name, fmt.Sprintf("%.1f MB", atStart)}
	for _, key := range []string{"VmRSS", "RssAnon", "RssFile", "VmHWM"} {
		value, err := s.memory(key)
		if err != nil {
			return nil, err
		}
		row = append(row, fmt.Sprintf("%.1f MB", value))
	}
	return row, nil
}
