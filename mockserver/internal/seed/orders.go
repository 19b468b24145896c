package seed

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// orderStatuses are the steps of an order (D, vendor page api/orders/update-order), in their order.
var orderStatuses = [...]string{"pending", "accepted", "shipped", "delivered", "completed"}

// Orders are what generated orders need to know.
type Orders struct {
	Seed     uint64
	Begin    sandbox.Beginning
	Branches []int64                   // ids
	Taken    map[string]map[int64]bool // ids of orders that are written by hand, by sending number
}

// Generate makes the orders of the fixture's numbers that are not written by hand: each a record of the collection orders. It is a
// pure function of the fixture and what is given.
func (f *Fixture) Generate(o Orders) []map[string]any {
	var all []map[string]any
	id := int64(0)
	taken := func(id int64) bool {
		for _, ids := range o.Taken {
			if ids[id] {
				return true
			}
		}
		return false
	}
	for i := range f.Numbers {
		n := &f.Numbers[i]
		count := n.Orders - len(o.Taken[n.ID])
		if count <= 0 {
			continue
		}
		m := orderMaker{fixture: f, orders: &o, number: n.ID, count: count}
		m.rng.source.Seed(fake.Key{Seed: o.Seed, Workspace: f.Workspace, Kind: "orders", Property: n.ID}.Source())
		for i := range o.Begin.Conversations {
			if c := &o.Begin.Conversations[i]; c.Number == n.ID {
				m.customers = append(m.customers, c)
			}
		}
		for age := count - 1; age >= 0 && len(m.customers) > 0; age-- { // the oldest first
			for id++; taken(id); id++ {
			}
			all = append(all, m.order(id, age))
		}
	}
	return all
}

// An orderMaker makes the orders of one number.
type orderMaker struct {
	fixture   *Fixture
	orders    *Orders
	number    string
	count     int
	customers []*sandbox.Conversation
	rng       rng
}

// order makes the order with an id. age is how many orders of the number are newer.
func (m *orderMaker) order(id int64, age int) map[string]any {
	start := m.orders.Begin.Start
	customer := m.customers[m.rng.below(len(m.customers))]
	language := corpus.Language(m.rng.below(2))
	created := start.Add(-3*time.Hour - time.Duration(age)*28*time.Hour - time.Duration(m.rng.below(20*60))*time.Minute)
	status := age * len(orderStatuses) / m.count
	record := map[string]any{
		"id": id, "phone_number_id": m.number, "order_number": fmt.Sprintf("ORD-%d-%03d", created.Year(), id),
		"customer_name": customer.Name, "customer_phone": customer.Phone,
		"currency": "SAR", "status": orderStatuses[status], "payment_status": m.payment(status),
		"created_at": timeText(created),
	}
	if customer.Name == "" {
		record["customer_name"] = customer.Phone
	}
	if len(m.orders.Branches) > 0 {
		record["branch_id"] = m.orders.Branches[m.rng.below(len(m.orders.Branches))]
	}
	if notes := m.fixture.Tables.OrderNotes; len(notes) > 0 && m.rng.below(6) == 0 {
		record["admin_notes"] = notes[m.rng.below(len(notes))][language]
	}
	m.dates(record, status, created)
	m.items(record, language)
	return record
}

// payment is whether an order of a status is paid: early ones seldom are.
func (m *orderMaker) payment(status int) string {
	if m.rng.below(len(orderStatuses)) < status+1 {
		return "paid"
	}
	return "unpaid"
}

// dates gives an order the dates of the steps that it has behind it, and the day on which it is expected.
func (m *orderMaker) dates(record map[string]any, status int, created time.Time) {
	last := created
	if status >= 1 {
		last = created.Add(time.Duration(20+m.rng.below(160)) * time.Minute)
	}
	if status >= 2 {
		shipped := created.Add(day).Truncate(day)
		delivered := shipped.Add(time.Duration(1+m.rng.below(3)) * day)
		record["shipping_date"], record["delivery_date"] = shipped.Format(time.DateOnly), delivered.Format(time.DateOnly)
		last = [...]time.Time{2: shipped.Add(8 * time.Hour), 3: delivered.Add(14 * time.Hour), 4: delivered.Add(38 * time.Hour)}[status]
		last = last.Add(time.Duration(m.rng.below(170)) * time.Minute)
	}
	if last.After(m.orders.Begin.Start) {
		last = m.orders.Begin.Start
	}
	record["updated_at"] = timeText(last)
}

// Amounts are whole numbers of halalas until they are shown.
const (
	taxPercent       = 15
	shippingFee      = 25_00
	freeShippingFrom = 500_00
)

// items gives an order what it is of.
func (m *orderMaker) items(record map[string]any, language corpus.Language) {
	products := m.fixture.Tables.Products
	first, step := m.rng.below(len(products)), 1+m.rng.below(max(1, len(products)-1))
	var lines []OrderLine
	seen := map[int]bool{}
	for i := range 1 + m.rng.below(4) {
		which := (first + i*step) % len(products)
		if seen[which] {
			break
		}
		seen[which] = true
		p := &products[which]
		lines = append(lines, OrderLine{p.Name[language], int64(1 + m.rng.below(3)), p.Price})
	}
	Bill(record, lines)
}

// An OrderLine is a part of an order: how many of a product, at how many halalas each.
type OrderLine struct {
	Product         string
	Quantity, Price int64
}

// Bill gives the record of an order its items and its sums, which are exact.
func Bill(record map[string]any, lines []OrderLine) {
	var items []any
	sum, fee := int64(0), int64(shippingFee)
	for _, l := range lines {
		sum += l.Quantity * l.Price
		items = append(items, map[string]any{
			"product_name": l.Product, "quantity": l.Quantity, "price": amount(l.Price), "subtotal": amount(l.Quantity * l.Price),
		})
	}
	if sum >= freeShippingFrom {
		fee = 0
	}
	tax := (sum*taxPercent + 50) / 100
	record["items"], record["subtotal"], record["tax"] = items, amount(sum), amount(tax)
	record["shipping"], record["total"] = amount(fee), amount(sum+tax+fee)
}

// amount is an amount of halalas as it is shown, in riyals: 1450, 95.75, 159.9.
func amount(halalas int64) json.Number {
	text := strconv.FormatInt(halalas/100, 10)
	switch rest := halalas % 100; {
	case rest == 0:
	case rest%10 == 0:
		text += "." + strconv.FormatInt(rest/10, 10)
	default:
		text += fmt.Sprintf(".%02d", rest)
	}
	return json.Number(text)
}

func timeText(at time.Time) string { return at.UTC().Format(time.RFC3339) }
