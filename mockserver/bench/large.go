package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

const many = 100_000

// large measures a workspace of a hundred thousand conversations.
func (b *bench) large(ctx context.Context) error {
	began := time.Now()
	large, err := b.serveWorkspace(ctx, many)
	if err != nil {
		return err
	}
	defer large.stop()
	started := time.Since(began)
	if err := b.firstByte(ctx, large); err != nil {
		return err
	}
	rss, err := large.memory("VmRSS")
	if err != nil {
		return err
	}
	peak, err := large.memory("VmHWM")
	if err != nil {
		return err
	}
	b.table(fmt.Sprintf("The process with %d conversations", many), []string{"ready after", "resident memory after these requests", "highest"},
		[]string{fmt.Sprintf("%.2f s", started.Seconds()), fmt.Sprintf("%.0f MB", rss), fmt.Sprintf("%.0f MB", peak)})
	small, err := b.serveWorkspace(ctx, 50)
	if err != nil {
		return err
	}
	defer small.stop()
	return b.byID(ctx, small, large)
}

// serveWorkspace serves a workspace of so many generated conversations.
func (b *bench) serveWorkspace(ctx context.Context, conversations int) (*server, error) {
	dir := filepath.Join(b.dir, fmt.Sprint(conversations))
	if err := os.MkdirAll(filepath.Join(dir, "workspaces"), 0o755); err != nil {
		return nil, err
	}
	fixture := fmt.Sprintf(`workspace: %s
client_id: %s
hmac_secret: %s
numbers:
  - {phone_number_id: %q, phone: "966110000001", verified_name: Large, conversations: %d}
`, domain, clientID, secret, number, conversations)
	if err := os.WriteFile(filepath.Join(dir, "workspaces", "bench.yaml"), []byte(fixture), 0o644); err != nil {
		return nil, err
	}
	return b.serveMock(ctx, fmt.Sprintf("among %d", conversations), "--fixtures="+dir)
}

// A listed is a list that is asked for: what it is called in the table, and its target behind the base path.
type listed struct{ name, target string }

// firstByte asks for lists of conversations.
func (b *bench) firstByte(ctx context.Context, s *server) error {
	target := func(query string) string { return "/conversations?phone_number_id=" + number + query }
	return b.firstBytes(ctx, s, fmt.Sprintf("Until the first byte of a list, %d conversations, one request at a time", many), []listed{
		{"status=unread", target("&status=unread")},
		{"status=opened", target("&status=opened")},
		{"status=closed", target("&status=closed")},
		{"all", target("")},
		{"searchTerm=ahm (part of a name)", target("&searchTerm=ahm")},
		{"searchTerm=محم (part of a name)", target("&searchTerm=" + url.QueryEscape("محم"))},
		{"searchTerm=e (in most names)", target("&searchTerm=e")},
		{"searchTerm=+966 5 (in every phone)", target("&searchTerm=" + url.QueryEscape("+966 5"))},
		{"searchTerm=zzzz (in none)", target("&searchTerm=zzzz")},
		{"status=unread and searchTerm=ahm", target("&status=unread&searchTerm=ahm")},
	})
}

// firstBytes asks for each list many times, one request at a time.
func (b *bench) firstBytes(ctx context.Context, s *server, title string, lists []listed) error {
	const times = 30
	table := [][]string{{"list", "rows", "median", "slowest of " + fmt.Sprint(times)}}
	for _, l := range lists {
		request := signed("GET", l.target, nil)
		a, err := fetch(s.addr, request)
		if err != nil {
			return err
		}
		var body struct{ Meta struct{ Total int } }
		if err := json.Unmarshal(a.body, &body); err != nil {
			return err
		}
		j := job{Addr: s.addr, FirstByte: true}
		for range times {
			j.Requests = append(j.Requests, request)
		}
		r, err := b.ask(ctx, j)
		if err != nil {
			return err
		}
		table = append(table, []string{l.name, fmt.Sprint(body.Meta.Total), ms(median(r.FirstByte)), ms(quantile(r.FirstByte, 1))})
	}
	b.table(title, table...)
	return nil
}

func ms(v float64) string { return fmt.Sprintf("%.2f ms", v) }

// byID compares reading fifty conversations among many with reading fifty among fifty.
func (b *bench) byID(ctx context.Context, small, large *server) error {
	const conversations = 50
	servers := []*server{small, large}
	ids := [2]func(i int64) int64{
		func(i int64) int64 { return i + 1 },
		func(i int64) int64 { return i*(many/conversations) + 1 },
	}
	var first [2][]float64
	rates := [2][]float64{}
	for round := range b.rounds + 1 {
		for i, s := range servers {
			var requests [][]byte
			for n := range int64(conversations) {
				requests = append(requests, one(ids[i](n)))
			}
			if round == 0 {
				r, err := b.ask(ctx, job{Addr: s.addr, Requests: requests, FirstByte: true})
				if err != nil {
					return err
				}
				first[i] = r.FirstByte
			}
			taken, err := b.take(ctx, s, requests)
			if err != nil {
				return err
			}
			if round > 0 {
				rates[i] = append(rates[i], taken.perSecond)
			}
		}
	}
	table := [][]string{{"conversation by id", "requests/s", "first read of each, until the first byte"}}
	for i, s := range servers {
		table = append(table, []string{s.name, fmt.Sprintf("%.0f", median(rates[i])), ms(median(first[i]))})
	}
	b.table(fmt.Sprintf("Fifty conversations by id, read in turn (%d rounds of %v, medians)", b.rounds, b.turn), table...)
	return nil
}

// A row is what has to be known of a conversation to ask for it.
type row struct {
	ID    int64
	Phone string
}

// rows are the workspace's conversations.
func rows(addr string) ([]row, error) {
	a, err := fetch(addr, list("", ""))
	if err != nil {
		return nil, err
	}
	var body struct{ Data []row }
	if err := json.Unmarshal(a.body, &body); err != nil {
		return nil, err
	}
	if len(body.Data) == 0 {
		return nil, errors.New("there is no conversation")
	}
	return body.Data, nil
}
