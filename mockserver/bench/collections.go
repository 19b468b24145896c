package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Sizes of what is measured of the collections.
const (
	created = 10_000    // contacts that are created in one turn
	bulk    = 1_000_000 // records that are put at once
)

// collections measures contacts and orders: lists and creates beside a bare handler, and lists among a hundred thousand.
func (b *bench) collections(ctx context.Context) error {
	if err := b.tenRecords(ctx); err != nil {
		return err
	}
	if err := b.createContacts(ctx); err != nil {
		return err
	}
	return b.manyRecords(ctx)
}

// tenRecords compares a page of ten contacts, and one of ten orders, with a bare handler that writes the same bytes.
func (b *bench) tenRecords(ctx context.Context) error {
	mock, err := b.serveMock(ctx, "mock")
	if err != nil {
		return err
	}
	defer mock.stop()
	for _, list := range []struct{ name, target string }{
		{"contacts", "/contacts?limit=10"},
		{"orders", "/orders?phone_number_id=" + number + "&limit=10"},
	} {
		if err := b.beside10(ctx, mock, list.name, signed("GET", list.target, nil)); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) beside10(ctx context.Context, mock *server, name string, request []byte) error {
	a, err := fetch(mock.addr, request)
	if err != nil {
		return err
	}
	if rows := bytes.Count(a.body, []byte(`"created_at"`)); rows != 10 {
		return fmt.Errorf("the list of %s should have ten rows and has %d", name, rows)
	}
	bare, err := b.serveSelf(ctx, "bare net/http", "bare", canned{a.header, a.body})
	if err != nil {
		return err
	}
	defer bare.stop()
	title := fmt.Sprintf("Signed list of ten %s, %d bytes, %d connections", name, len(a.body), b.connections)
	return b.alternate(ctx, title, func() [][]byte { return [][]byte{request} }, bare, mock)
}

// createContacts compares creating contacts with a bare handler that reads the body and writes the same answer.
func (b *bench) createContacts(ctx context.Context) error {
	mock, err := b.serveMock(ctx, "mock")
	if err != nil {
		return err
	}
	defer mock.stop()
	a, err := fetch(mock.addr, newContact(0))
	if err != nil {
		return err
	}
	bare, err := b.serveSelf(ctx, "bare net/http", "bare", canned{a.header, a.body})
	if err != nil {
		return err
	}
	defer bare.stop()
	next := 0
	b.once = true
	defer func() { b.once = false }()
	return b.alternate(ctx, fmt.Sprintf("Creating %d contacts with form data, signed, %d connections", created, b.connections), func() [][]byte {
		var all [][]byte
		for range created {
			next++
			all = append(all, newContact(next))
		}
		return all
	}, bare, mock)
}

// newContact creates a contact with a phone that no other has.
func newContact(n int) []byte {
	form := url.Values{"name": {fmt.Sprintf("نورة Contact %d", n)}, "phone": {fmt.Sprint(966700000000 + n)}, "email": {fmt.Sprintf("c%d@mail.example", n)}}
	request := signed("POST", "/contacts?phone_number_id="+number, []byte(form.Encode()))
	return bytes.Replace(request, []byte("application/json\r\nContent-Length"), []byte("application/x-www-form-urlencoded\r\nContent-Length"), 1)
}

// manyRecords measures lists of a hundred thousand contacts and as many orders.
func (b *bench) manyRecords(ctx context.Context) error {
	s, err := b.serveMock(ctx, "mock")
	if err != nil {
		return err
	}
	defer s.stop()
	if err := putContacts(s, many); err != nil {
		return err
	}
	if err := putRecords(s, "orders", orderLines(many)); err != nil {
		return err
	}
	orders := "/orders?phone_number_id=" + number
	last := "&page=" + fmt.Sprint(many/10)
	return b.firstBytes(ctx, s, fmt.Sprintf("Until the first byte of a list, %d contacts and %d orders, one request at a time", many, many), []listed{
		{"contacts: page 1", "/contacts?limit=10"},
		{fmt.Sprintf("contacts: page %d", many/10), "/contacts?limit=10" + last},
		{"contacts: searchTerm=Contact (in every name)", "/contacts?limit=10&searchTerm=Contact"},
		{"contacts: searchTerm=966 6 (in every phone)", "/contacts?limit=10&searchTerm=966+6"},
		{"contacts: searchTerm=zzzz (in none)", "/contacts?limit=10&searchTerm=zzzz"},
		{"contacts: is_favorite=true (half)", "/contacts?limit=10&is_favorite=true"},
		{"contacts: contact_group_id=1, searchTerm=9", "/contacts?limit=10&contact_group_id=1&searchTerm=9"},
		{"orders: page 1", orders + "&limit=10"},
		{fmt.Sprintf("orders: page %d", many/10), orders + "&limit=10" + last},
		{"orders: searchTerm=ORD (in every number)", orders + "&searchTerm=ORD"},
		{"orders: searchTerm=zzzz (in none)", orders + "&searchTerm=zzzz"},
		{"orders: status=pending (a fifth)", orders + "&status=pending"},
		{"orders: from_date and to_date (half)", orders + "&from_date=2023-07-01&to_date=2023-12-31"},
		{"orders: branch_id=1 and status=shipped", orders + "&branch_id=1&status=shipped"},
	})
}

// putContacts puts so many contacts beside those that the workspace has.
func putContacts(s *server, count int) error {
	a, err := fetch(s.addr, control("GET", "/collections/contacts", nil))
	if err != nil {
		return err
	}
	return putRecords(s, "contacts", append(a.body, contactLines(count)...))
}

func putRecords(s *server, name string, lines []byte) error {
	request := control("PUT", "/collections/"+name, nil)
	head := strings.Replace(string(request), "Content-Length: 0", fmt.Sprintf("Content-Type: application/x-ndjson\r\nContent-Length: %d", len(lines)), 1)
	_, err := fetch(s.addr, append([]byte(head), lines...))
	return err
}

// contactLines are contacts, one a line; orderLines are orders.
func contactLines(count int) []byte {
	var lines bytes.Buffer
	for i := range count {
		fmt.Fprintf(&lines, `{"id":%d,"name":"نورة Contact %d","phone":"%d","email":"c%d@mail.example","contact_group_id":%d,"is_favorite":%t,"created_at":%q}`+"\n",
			10_000+i, i, 966600000000+i, i, i%4+1, i%2 == 0, instantOf(i))
	}
	return lines.Bytes()
}

func orderLines(count int) []byte {
	steps := []string{"pending", "accepted", "shipped", "delivered", "completed"}
	var lines bytes.Buffer
	for i := range count {
		fmt.Fprintf(&lines, `{"id":%d,"phone_number_id":%q,"order_number":"ORD-2023-%06d","customer_name":"نورة Customer %d","customer_phone":"%d","branch_id":%d,`+
			`"items":[{"product_name":"Tea","quantity":2,"price":20,"subtotal":40}],"subtotal":40,"tax":6,"shipping":25,"total":71,"currency":"SAR","status":%q,"payment_status":"paid","created_at":%q}`+"\n",
			10_000+i, number, i, i, 966600000000+i, i%3+1, steps[i%len(steps)], instantOf(i))
	}
	return lines.Bytes()
}

// instantOf spreads records over a year.
func instantOf(i int) string {
	return time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i*7919%(365*24*60)) * time.Minute).Format(time.RFC3339)
}

// bulkPut puts a million contacts at once: how long it takes, what it costs in memory, and how long a list waits meanwhile.
func (b *bench) bulkPut(ctx context.Context) error {
	b.free = true
	defer func() { b.free = false }()
	s, err := b.serveMock(ctx, "mock")
	if err != nil {
		return err
	}
	defer s.stop()
	before, err := s.memory("VmRSS")
	if err != nil {
		return err
	}
	customers, err := fetch(s.addr, control("GET", "/collections/contacts", nil))
	if err != nil {
		return err
	}
	lines := slices.Concat(customers.body, contactLines(bulk-bytes.Count(customers.body, []byte("\n"))))
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- putRecords(s, "contacts", lines) }()
	var waited []float64
	request := list("", "zzzz")
	for putting := true; putting; {
		select {
		case err = <-done:
			putting = false
		default:
			asked := time.Now()
			if _, err := fetch(s.addr, request); err != nil {
				return err
			}
			waited = append(waited, float64(time.Since(asked).Microseconds())/1e3)
		}
	}
	took := time.Since(began)
	if err != nil {
		return err
	}
	a, err := fetch(s.addr, signed("GET", "/contacts?limit=1", nil))
	if err != nil {
		return err
	}
	var body struct{ Meta struct{ Total int } }
	if err := json.Unmarshal(a.body, &body); err != nil || body.Meta.Total < bulk {
		return fmt.Errorf("after the put there are %d contacts (%w)", body.Meta.Total, err)
	}
	after, err := s.memory("VmRSS")
	if err != nil {
		return err
	}
	peak, err := s.memory("VmHWM")
	b.table(fmt.Sprintf("%d contacts (%d MB) put at once, all cores", bulk, len(lines)/1_000_000),
		[]string{"took", "resident memory before", "after", "highest", "a list meanwhile: median", "99 of 100", "slowest"},
		append([]string{fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("%.0f MB", before), fmt.Sprintf("%.0f MB", after), fmt.Sprintf("%.0f MB", peak)}, spread(waited)...))
	return err
}
