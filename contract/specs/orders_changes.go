package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// orderChanges change one order, and restore it after each spec.
func orderChanges() Specs {
	c := orderRecords()
	return Describe("changes", Operation(document.UpdateOrder), Writes(), Serial(),
		It("shows a new value wherever the order is shown", Requirement("ORDER-UPDATE"), func(t *T) {
			order := t.orderToChange()
			for _, fields := range order.changes(t) {
				t.expectChanged(order, t.changeOrder(order, fields), fields)
			}
			t.expectChanged(order, t.changeOrder(order, order.valid()), order.valid()) // all at once
			emptied := t.answer(t.orderRequest(order.id, map[string]any{"admin_notes": ""}).MayBeRefused())
			if emptied.OK() {
				t.EventuallyAll(func() {
					now := c.get(t, order.id)
					t.expectFollows(emptied, now)
					note := exchange.PlainText(now.At("/data/admin_notes"))
					t.About(emptied).Advise(note).To(match.At("/data/admin_notes", match.Equal("")), "a note was set to an empty text, and still has a value")
				})
			}
		}),
		It("shows a new status wherever the order is shown, and keeps the rest", Requirement("ORDER-UPDATE"), changesStatus, Suffix(".status")),
		It("changes no other order", Requirement("ORDER-UPDATE-REST"), changesOneOrder, Suffix(".others")),
		It("does not change fields that were not sent", Requirement("ORDER-UPDATE-REST"), func(t *T) {
			order := t.orderToChange()
			paid, note := map[string]any{"payment_status": "paid"}, map[string]any{"admin_notes": t.uniqueText("note")} // paid first: a server could set the default, unpaid, with the next change
			known := order.valid()
			for _, fields := range append([]map[string]any{paid, note}, order.changes(t)...) {
				before := c.readWhenShown(t, order.id, known)
				maps.Copy(known, fields)
				t.expectChanged(order, t.changeOrder(order, fields), fields)
				t.EventuallyAll(func() {
					c.expectUnsentUnchanged(t, before, c.mustRead(t, order.id), slices.Collect(maps.Keys(fields))...)
				})
			}
		}),
		It("refuses an unknown payment_status", Requirement("ORDER-UPDATE-WORDS"), refusesChanges("payment_status", "refunded", "PAID", "unpaidx", "")),
		It("refuses a shipping_date that is no date", Requirement("ORDER-UPDATE-DATES"), refusesChanges("shipping_date", noDates()...), Suffix(".shipping")),
		It("refuses a delivery_date that is no date", Requirement("ORDER-UPDATE-DATES"), refusesChanges("delivery_date", noDates()...), Suffix(".delivery")),
		It("refuses an unknown branch_id", Requirement("ORDER-UPDATE-BRANCH"), func(t *T) {
			order := t.orderToChange()
			e := t.answer(t.orderRequest(order.id, map[string]any{"branch_id": fmt.Sprint(int64(1e12) + t.Rand.Int64N(1e9))}).MayBeRefused())
			t.Check(e).To(match.HaveStatus(http.StatusBadRequest, http.StatusNotFound), "a branch_id that does not exist was not refused")
		}),
		It("answers a change of an unknown order with 404", Requirement("ORDER-UPDATE-UNKNOWN-ID"), func(t *T) {
			e := t.answer(t.orderRequest(c.unknownID(t), map[string]any{"admin_notes": t.uniqueText("note")}).MayBeRefused())
			t.Check(e).To(match.HaveStatus(http.StatusNotFound), "a change of an order that does not exist was not answered with 404")
		}),
	)
}

// noDates are texts that are not of the form YYYY-MM-DD, or a day that does not exist.
func noDates() []string {
	return []string{"2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "30.01.2026", "01/30/2026", "tomorrow"}
}

// refusesChanges sends invalid values of a property: each is refused, and the property does not change.
func refusesChanges(property string, wrong ...string) func(t *T) {
	return func(t *T) {
		c, order := orderRecords(), t.orderToChange()
		for _, value := range wrong {
			before := c.readWhenShown(t, order.id, order.valid())
			refused := t.answer(t.orderRequest(order.id, map[string]any{property: value}).MayBeRefused())
			if t.Check(refused).To(match.BeRefused(), "the %s %q was not refused", property, value) {
				t.EventuallyAll(func() {
					t.About(refused).Check(c.mustRead(t, order.id)).To(match.ShowValue("/data/"+property, before.At("/data/"+property)), "a change that was refused changed %s", property)
				})
			}
		}
	}
}

// changesStatus changes the status to an earlier one, the nearest first. If the target accepts that, the status can be restored, and each status is tried.
// The vendor does not say which changes are allowed: if no earlier status is accepted, the case is SKIPPED.
func changesStatus(t *T) {
	order := t.orderToChange()
	steps := t.operationNamed(document.UpdateOrder).Bodies[0].Properties()["status"].Value.Enum
	note := map[string]any{"admin_notes": t.uniqueText("note")} // a note that a wrong change could remove
	t.changeOrder(order, note)
	before := orderRecords().readWhenShown(t, order.id, note)
	for _, word := range slices.Backward(steps[:max(0, slices.Index(steps, order.was["status"]))]) {
		fields := map[string]any{"status": word}
		e := t.answer(t.orderRequest(order.id, fields).MayBeRefused())
		if e.OK() {
			t.expectChanged(order, e, fields)
			after := orderRecords().readWhenShown(t, order.id, fields)
			orderRecords().expectUnsentUnchanged(t, before, after, "status")
			before = after
			for _, step := range steps {
				taken := t.answer(t.orderRequest(order.id, map[string]any{"status": step}).MayBeRefused())
				t.Advise(taken).To(match.BeAccepted(), "the documented status %v was not accepted", step)
				after := orderRecords().readWhenShown(t, order.id, map[string]any{"status": step})
				orderRecords().expectUnsentUnchanged(t, before, after, "status")
				before = after
			}
			return
		}
		t.Check(e).To(match.HaveStatus(http.StatusBadRequest, http.StatusConflict), "the status %v was neither accepted nor refused", word)
	}
	t.Skip("the target lets no order go back to an earlier status, so its status is not changed")
}

// expectFollows expects updated_at of an order not to be before updated_at in the answer to its change.
func (t *T) expectFollows(changed, now *exchange.Exchange) {
	at, err := exchange.ParseTime(exchange.PlainText(changed.At("/data/updated_at")))
	shown, wrong := exchange.ParseTime(exchange.PlainText(now.At("/data/updated_at")))
	if err == nil && wrong == nil {
		t.About(changed, now).Advise(shown).To(match.At("/data/updated_at", match.BeNoEarlierThan(at.Add(-time.Second))), "updated_at of an order is before its change")
	}
}

// changesOneOrder changes the note of one order: no other order shows that note, neither those of the same customer nor the newest ones.
func changesOneOrder(t *T) {
	c, order, compared := orderRecords(), t.orderToChange(), false
	note := t.uniqueText("note")
	e := t.changeOrder(order, map[string]any{"admin_notes": note})
	rows := slices.DeleteFunc(c.page(t, largestLimit()).Items(), func(row exchange.Item) bool {
		id := exchange.Number(row.Fields["id"])
		return id == nil || *id == order.id
	})
	same := func(row exchange.Item) int {
		if row.Text("customer_phone") == exchange.PlainText(order.was["customer_phone"]) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(rows, func(a, b exchange.Item) int { return same(a) - same(b) })
	for _, row := range rows[:min(othersRead, len(rows))] {
		other := c.get(t, *exchange.Number(row.Fields["id"]))
		if other.OK() {
			compared = true
			t.About(e).Check(other).NotTo(match.HaveValue("/data/admin_notes", note), "a change of one order changed another one")
		}
	}
	if !compared {
		t.Skip("the target shows no second order")
	}
}

// A changedOrder is the order that the run changes, with its values before the first change.
type changedOrder struct {
	id     int64
	was    map[string]any
	branch string // the id of another branch, "" if none is known
}

// orderToWrite is the order that the run changes. If possible, it can be restored fully: it has both dates, since a date cannot be removed, and a status
// that has an earlier one. An order of a phone of --send-to is preferred.
func (t *T) orderToWrite() (*changedOrder, error) {
	key := t.workspaceKey()
	if kept, ok := t.OrdersWritten.Load(key); ok {
		return kept.(*changedOrder), nil
	}
	read, err := t.operation(document.GetOrder)
	if err != nil {
		return nil, err
	}
	rows, err := t.orderRows()
	if err != nil {
		return nil, err
	}
	best := slices.MaxFunc(rows, func(a, b exchange.Item) int { return t.suitability(a) - t.suitability(b) })
	id := *exchange.Number(best.Fields["id"])
	e, err := t.AskValid(t.To(read, id))
	if err != nil {
		return nil, err
	}
	was, _ := e.At("/data").(map[string]any)
	if was == nil {
		return nil, run.Lacks("an order that can be read")
	}
	kept, _ := t.OrdersWritten.LoadOrStore(key, &changedOrder{id: id, was: was, branch: t.otherBranch(read, rows, exchange.PlainText(was["branch_id"]))})
	return kept.(*changedOrder), nil
}

// orderRows are the listed orders that have an id; there is at least one.
func (t *T) orderRows() ([]exchange.Item, error) {
	list, err := t.operation(document.ListOrders)
	if err != nil {
		return nil, err
	}
	e, err := t.AskValid(t.To(list, 0, largestLimit()))
	if err != nil {
		return nil, err
	}
	rows := slices.DeleteFunc(e.Items(), func(row exchange.Item) bool { return exchange.Number(row.Fields["id"]) == nil })
	if len(rows) == 0 {
		return nil, run.Lacks("an order")
	}
	return rows, nil
}

// suitability is larger for an order that can be changed and restored better.
func (t *T) suitability(row exchange.Item) int {
	n := 0
	if row.Text("shipping_date") != "" && row.Text("delivery_date") != "" {
		n += 4
	}
	if row.Text("status") != "pending" {
		n += 2
	}
	if slices.Contains(t.Config.SendTo, row.Text("customer_phone")) {
		n++
	}
	return n
}

// otherBranch is the branch of another order, "" if none is shown.
func (t *T) otherBranch(read *document.Operation, rows []exchange.Item, than string) string {
	for _, row := range rows[:min(5, len(rows))] {
		if e, err := t.AskValid(t.To(read, *exchange.Number(row.Fields["id"]))); err == nil && than != "" {
			if branch := exchange.PlainText(e.At("/data/branch_id")); branch != "" && branch != than {
				return branch
			}
		}
	}
	return ""
}

// orderToChange is orderToWrite, restored after the case, also after a failure. If there is no order, the case ends.
func (t *T) orderToChange() *changedOrder {
	order, err := t.orderToWrite()
	t.End(err)
	t.DeferCleanup(func() error { return t.restoreOrder(order) })
	return order
}

// valid are fields of a body that does not change the order.
func (o *changedOrder) valid() map[string]any {
	out := map[string]any{}
	for _, name := range []string{"status", "payment_status", "shipping_date", "delivery_date", "admin_notes"} {
		if value, ok := o.was[name].(string); ok {
			out[name] = value
		}
	}
	return out
}

// fillOrder makes a body that does not change the order, and returns its id.
func (t *T) fillOrder(v *validBody) (int64, error) {
	order, err := t.orderToWrite()
	if err != nil {
		return 0, err
	}
	maps.Copy(v.fields, order.valid())
	return order.id, nil
}

// restoreOrder restores the order. A note that was null becomes an empty text, since null cannot be sent.
func (t *T) restoreOrder(order *changedOrder) error {
	ctx, cancel := exchange.Outlast(t.Ctx, run.CleanupTime)
	defer cancel()
	t.Ctx = ctx
	fields := order.valid()
	if fields["admin_notes"] == nil {
		fields["admin_notes"] = ""
	}
	if branch := exchange.PlainText(order.was["branch_id"]); branch != "" {
		fields["branch_id"] = branch
	}
	e, err := t.Ask(t.To(t.Document.Operation(document.UpdateOrder), order.id).WithJSON(fields).MayBeRefused())
	if err == nil && !e.OK() {
		err = fmt.Errorf("%s", e.Result())
	}
	if err != nil {
		return fmt.Errorf("the order %d could not be restored: %w", order.id, err)
	}
	return nil
}

// changes has one change for each field that can be restored, without the status.
func (o *changedOrder) changes(t *T) []map[string]any {
	payment := "paid"
	if o.was["payment_status"] == payment {
		payment = "unpaid"
	}
	out := []map[string]any{{"payment_status": payment}, {"admin_notes": t.uniqueText("ملاحظة note") + " ☎️ e\u0301 👋🏽 a+b%20 &amp; <b> \"\nب  أى"}}
	for name, days := range map[string]int{"shipping_date": -1, "delivery_date": 1} { // the shipping earlier and the delivery later, so that their order is right
		shipped, _ := o.was["shipping_date"].(string)
		delivered, _ := o.was["delivery_date"].(string)
		day, _ := o.was[name].(string)
		if at, err := time.Parse(time.DateOnly, day); err == nil && shipped != "" && delivered != "" {
			out = append(out, map[string]any{name: at.AddDate(0, 0, days).Format(time.DateOnly)})
		}
	}
	if o.branch != "" {
		out = append(out, map[string]any{"branch_id": o.branch})
	}
	return out
}

// orderRequest changes an order.
func (t *T) orderRequest(id int64, fields map[string]any) *exchange.Request {
	return t.To(t.operationNamed(document.UpdateOrder), id).WithJSON(fields)
}

// changeOrder makes a change that must succeed. If it does not, the case ends.
func (t *T) changeOrder(order *changedOrder, fields map[string]any) *exchange.Exchange {
	e := t.answer(t.orderRequest(order.id, fields))
	t.Expect(e).To(match.BeAccepted(), "a change of %s was not accepted", slices.Sorted(maps.Keys(fields))[0])
	return e
}

// expectChanged expects the new values in the answer to a change, in the order, and in its row.
func (t *T) expectChanged(order *changedOrder, changed *exchange.Exchange, fields map[string]any) {
	c := orderRecords()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		pointer := "/data/" + name
		if name != "branch_id" { // the answer does not have it
			t.Check(changed).To(match.ShowValue(pointer, fields[name]), "the answer to a change shows another %s", name)
		}
		t.Eventually(func() any { return c.get(t, order.id) }).About(changed).Should(match.ShowValue(pointer, fields[name]), "after a change the order shows another %s", name)
		if name != "branch_id" && name != "admin_notes" {
			row := map[string]any{"id": order.was["id"], name: fields[name]}
			t.Eventually(func() any { return c.page(t, largestLimit()) }).About(changed).Should(match.ContainSame(row, "id", name), "after a change the list shows another %s of the order", name)
		}
	}
}
