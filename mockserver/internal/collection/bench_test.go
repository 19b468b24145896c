package collection

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

const things = `openapi: 3.0.3
info: {title: Things, version: "1"}
paths:
  /things:
    x-collection: {name: things, key: id, search: [name, phone], filters: {status: status}, page: page, limit: limit, unique: [phone], order: "-created_at"}
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, default: 10}}
        - {name: searchTerm, in: query, schema: {type: string}}
        - {name: status, in: query, schema: {type: string}}
      responses: {'200': {description: d, content: {application/json: {schema: {type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Thing'}}, total: {type: integer}}}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses: {'201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
components:
  schemas:
    Thing:
      type: object
      required: [id, name, phone, status, created_at]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, maxLength: 80}
        phone: {type: string}
        status: {type: string, enum: [active, paused]}
        created_at: {type: string, format: date-time, readOnly: true}
`

// many is a workspace with 100,000 things.
func many(b *testing.B) (*Resource, *sandbox.Workspace) {
	b.Helper()
	return workspace(b, 100_000)
}

func workspace(tb testing.TB, count int) (*Resource, *sandbox.Workspace) {
	tb.Helper()
	d, err := spec.Load("things.yaml", []byte(things))
	if err != nil {
		tb.Fatal(err)
	}
	all, err := Compile(d, d.Collections)
	if err != nil {
		tb.Fatal(err)
	}
	r := &Resource{Collection: all[0], Seeds: func(begin sandbox.Beginning) ([]Seed, error) {
		seeds := make([]Seed, count)
		for i := range seeds {
			seeds[i].Value = Record{
				"name": fmt.Sprintf("Thing of نورة القحطاني %d", i), "phone": fmt.Sprint(966500000000 + i), "status": []string{"active", "paused"}[i%2],
				"created_at": begin.Start.Add(-time.Duration(i*7919%count) * time.Minute).Format(time.RFC3339),
			}
		}
		return seeds, nil
	}}
	now := time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)
	w, err := sandbox.New(context.Background(), sandbox.Options{
		Domain: "w", Client: "c", Machine: func() time.Time { return now }, Store: sandbox.NewMemoryStore(), Collections: []*sandbox.CollectionRules{r.Rules()},
		Populate: func(time.Time) (sandbox.Population, error) {
			return sandbox.Population{NextConversation: 1, NextMessage: 1, NextTicket: 1}, nil
		},
	}, sandbox.StoppedClock(now))
	if err != nil {
		tb.Fatal(err)
	}
	return r, w
}

func benchmarkList(b *testing.B, q sandbox.RecordQuery) {
	b.Helper()
	r, w := many(b)
	q.Collection = r.Name
	for b.Loop() {
		page, err := w.Records(q)
		if err == nil {
			err = r.WriteList(io.Discard, w, q, page)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFirstPageOf100000(b *testing.B) {
	benchmarkList(b, sandbox.RecordQuery{Page: 1, Limit: 10})
}

func BenchmarkPage10000Of100000(b *testing.B) {
	benchmarkList(b, sandbox.RecordQuery{Page: 10_000, Limit: 10})
}

// BenchmarkWorstSearchOf100000 looks for what each record has, and a part that is near its end.
func BenchmarkWorstSearchOf100000(b *testing.B) {
	benchmarkList(b, sandbox.RecordQuery{Page: 1, Limit: 10, Term: "القحطاني", Filters: []sandbox.RecordFilter{{Property: "status", Operator: "=", Value: textKind.encodeText("active")}}})
}

func BenchmarkSearchThatFindsNothingIn100000(b *testing.B) {
	benchmarkList(b, sandbox.RecordQuery{Page: 1, Limit: 10, Term: "القحطانيx"})
}

func BenchmarkCreateAmong100000(b *testing.B) {
	r, w := many(b)
	n := 0
	for b.Loop() {
		n++
		body := Record{"name": "New", "phone": fmt.Sprint(966600000000 + n), "status": "active"}
		if _, err := r.Create(context.Background(), w, body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMemoryOfARecord gives the bytes that a record takes.
func BenchmarkMemoryOfARecord(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, w := many(b)
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/100_000, "bytes/record")
	runtime.KeepAlive(r)
	runtime.KeepAlive(w)
}

// BenchmarkAMillionPutAtOnce gives how long it takes, and the bytes that a record takes then, its event included.
func BenchmarkAMillionPutAtOnce(b *testing.B) {
	const count = 1_000_000
	r, w := workspace(b, 0)
	var lines bytes.Buffer
	for i := range count {
		fmt.Fprintf(&lines, `{"id":%d,"name":"Thing of نورة القحطاني %d","phone":"%d","status":"active","created_at":%q}`+"\n",
			i+1, i, 966600000000+i, w.Now().Add(-time.Duration(i*7919%count)*time.Second).Format(time.RFC3339))
	}
	body := lines.Bytes()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		if n, err := r.ReplaceAll(context.Background(), w, bytes.NewReader(body)); err != nil || n != count {
			b.Fatal(n, err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/count, "bytes/record")
	runtime.KeepAlive(body)
	runtime.KeepAlive(r)
	runtime.KeepAlive(w)
}
