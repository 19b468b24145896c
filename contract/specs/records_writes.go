package specs

import (
	"maps"
	"net/http"
	"slices"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// These methods are the bodies of specs that create, change and delete records.

// createsRecord creates a record: it is accepted, and the answer has an id.
func (c collection) createsRecord(t *T) {
	e := t.answer(c.createRequest(t, nil))
	t.Expect(e).To(match.BeAccepted(), "a new %s was not accepted", c.noun)
	t.Check(e).To(match.HaveNumber("/data/id"), "the answer to creating %s has no id", c.nounWithArticle())
}

// showsNewRecord creates a record with a value in each field. The list, a search and the record read by its id show these values.
func (c collection) showsNewRecord(t *T) {
	sent := c.fields(t, 0)
	sent["name"] = t.uniqueText("Suite اختبار")
	id, made := c.create(t, sent)
	c.expectShown(t, made, id, sent)
}

// expectShown expects the list, a search and the record read by its id to show the values that were sent. An optional property may be absent.
func (c collection) expectShown(t *T, changed *exchange.Exchange, id int64, sent map[string]any) {
	t.EventuallyAll(func() { c.expectShownNow(t, changed, id, sent) })
}

func (c collection) expectShownNow(t *T, changed *exchange.Exchange, id int64, sent map[string]any) {
	name, _ := sent["name"].(string)
	found, read := c.search(t, name), c.get(t, id)
	t.About(changed).Expect(found).To(match.ContainID(id), "a search for its name does not find the %s %d", c.noun, id)
	t.About(changed).Expect(read).To(match.BeAccepted(), "the %s %d cannot be read", c.noun, id)
	for _, row := range found.Items() {
		if n := exchange.Number(row.Fields["id"]); n == nil || *n != id {
			if n != nil && name != "" {
				t.About(changed).Check(row.Text("name")).NotTo(match.At(row.Pointer+"/name", match.Equal(name)), "a record that was created once is in the list more than once")
			}
			continue
		}
		for _, property := range slices.Sorted(maps.Keys(sent)) {
			value := sent[property]
			if _, shows := row.Fields[property]; shows || property == "name" {
				t.About(changed).Check(found).To(match.ShowValue(row.Pointer+"/"+property, value), "the list shows another %s than was sent", property)
			}
		}
	}
	for _, property := range slices.Sorted(maps.Keys(sent)) {
		check := t.About(changed).Check(read)
		if _, there := dataOf(read)[property]; !there {
			check = t.About(changed).Advise(read) // a SHOULD: an optional property may be absent
		}
		check.To(match.ShowValue("/data/"+property, sent[property]), "the %s %d shows another %s than was sent", c.noun, id, property)
	}
	if whole := c.page(t); totalOf(whole) == int64(len(whole.Items())) {
		t.About(changed).Check(whole).To(match.ContainID(id), "the list lacks the %s %d", c.noun, id)
	}
}

// showsChanges changes all fields of a record twice. After each change the new values are shown, and a search for the old name does not find the record.
func (c collection) showsChanges(t *T) {
	before := c.fields(t, 0)
	before["name"] = t.uniqueText("Suite اختبار")
	id, made := c.create(t, before)
	t.EventuallyAll(func() {
		t.About(made).Check(c.search(t, exchange.PlainText(before["name"]))).To(match.ContainID(id), "a search for its name does not find the %s %d", c.noun, id)
	})
	for n := 1; n <= 2; n++ {
		sent := c.fields(t, n)
		sent["name"] = t.uniqueText("Changed اختبار")
		e := t.answer(c.changeRequest(t, id, sent))
		t.Expect(e).To(match.BeAccepted(), "a change of %s was not accepted", c.nounWithArticle())
		t.Check(e).To(match.HaveNumber("/data/id", id), "the answer to a change is about another %s", c.noun)
		c.expectShown(t, e, id, sent)
		t.EventuallyAll(func() {
			t.About(e).Check(c.search(t, exchange.PlainText(before["name"]))).NotTo(match.ContainID(id), "a search for its old name finds the %s %d", c.noun, id)
		})
		before = sent
	}
	c.expectEmptied(t, id, before)
}

// expectEmptied sets the optional texts of a record to "". If that is accepted, the record shows no text any more.
func (c collection) expectEmptied(t *T, id int64, fields map[string]any) {
	empty := map[string]any{}
	for name, value := range fields {
		if _, isText := value.(string); isText && name != "name" && name != "phone" {
			empty[name] = ""
		}
	}
	if len(empty) == 0 {
		return
	}
	e := t.answer(c.changeRequest(t, id, empty).MayBeRefused())
	if !e.OK() {
		return // that an empty text is accepted is inferred
	}
	t.EventuallyAll(func() {
		now := c.get(t, id)
		for _, name := range slices.Sorted(maps.Keys(empty)) {
			t.About(e, now).Advise(exchange.PlainText(now.At("/data/"+name))).To(match.At("/data/"+name, match.Equal("")), "the %s of a %s was set to an empty text, and still has a value", name, c.noun)
		}
	})
}

// keepsUnsentFields changes one field after the other, or c.atOnce fields at once: no other field changes, and no other record.
func (c collection) keepsUnsentFields(t *T) {
	other := c.createOther(t)
	known := c.fields(t, 0)
	id, _ := c.create(t, known)
	before := c.readWhenShown(t, id, known)
	sent := c.fields(t, 1)
	sent["name"] = t.uniqueText("Changed")
	names := textsFirst(sent)
	steps := (len(names) + max(1, c.atOnce) - 1) / max(1, c.atOnce)
	for step := range steps {
		fields := map[string]any{}
		for i := step; i < len(names); i += steps { // so that names that are similar are in different steps
			fields[names[i]] = sent[names[i]]
		}
		e := t.answer(c.changeRequest(t, id, fields))
		t.Expect(e).To(match.BeAccepted(), "a change of %s was not accepted", c.nounWithArticle())
		maps.Copy(known, fields)
		after := c.readWhenShown(t, id, known)
		c.expectUnsentUnchanged(t, before, after, slices.Collect(maps.Keys(fields))...)
		before = after
	}
	c.expectOtherUnchanged(t, before, other)
}

// createOther creates a record that the case neither changes nor deletes. It returns how that is shown.
func (c collection) createOther(t *T) *exchange.Exchange {
	id, _ := c.create(t, nil)
	return c.readWhenShown(t, id, nil)
}

// expectOtherUnchanged expects the record of createOther to be as it was, after something was done to a record that was created later.
func (c collection) expectOtherUnchanged(t *T, done, other *exchange.Exchange) {
	id := exchange.Number(other.At("/data/id"))
	if id == nil {
		return // AGREES and DATA-SCHEMA are about that
	}
	t.EventuallyAll(func() {
		now := c.get(t, *id)
		if t.About(done).Check(now).To(match.BeAccepted(), "the %s %d cannot be read any more, and only another one was changed or deleted", c.noun, *id) {
			data := dataOf(other)
			for _, property := range slices.Sorted(maps.Keys(data)) {
				if property != "updated_at" {
					t.About(done, other).Check(now).To(match.ShowValue("/data/"+property, data[property]), "%s of the %s %d changed, and only another one was changed or deleted", property, c.noun, *id)
				}
			}
		}
	})
}

// textsFirst are the sorted names of fields, those of booleans last: a server that resets a boolean with any other change is noticed before the boolean is
// changed.
func textsFirst(fields map[string]any) []string {
	names := slices.Sorted(maps.Keys(fields))
	slices.SortStableFunc(names, func(a, b string) int {
		_, one := fields[a].(bool)
		_, other := fields[b].(bool)
		switch {
		case one == other:
			return 0
		case one:
			return 1
		}
		return -1
	})
	return names
}

// changeOfUnknownIs404 changes a record with an id that does not exist: 404.
func (c collection) changeOfUnknownIs404(t *T) {
	r := c.changeRequest(t, c.unknownID(t), map[string]any{"name": t.uniqueText("Nobody")}).MayBeRefused()
	t.Check(t.answer(r)).To(match.HaveStatus(http.StatusNotFound), "a change of %s that does not exist was not answered with 404", c.nounWithArticle())
}

// deletesRecord deletes a record: the list, a search and its id do not show it any more, and meta.total is one less. Another record stays.
func (c collection) deletesRecord(t *T) {
	other := c.createOther(t)
	name := t.uniqueText("Suite اختبار")
	id, _ := c.create(t, map[string]any{"name": name})
	before := c.totalWith(t, id)
	e := c.delete(t, id)
	t.Expect(e).To(match.BeAccepted(), "%s was not deleted", c.nounWithArticle())
	c.expectGone(t, e, id, name)
	c.expectNotCounted(t, e, before)
	c.expectOtherUnchanged(t, e, other)
}

// totalWith is the number of all records, read after a new record is shown.
func (c collection) totalWith(t *T, id int64) int64 {
	c.readWhenShown(t, id, nil)
	t.WaitUsualDelay()
	return totalOf(c.page(t))
}

// expectNotCounted expects the number of records to be one less than before a record was deleted. Another client may create a record at the same time, so the
// comparison is repeated with new records.
func (c collection) expectNotCounted(t *T, deleted *exchange.Exchange, before int64) {
	for range mostAttempts - 1 {
		if totalOf(c.page(t)) == before-1 {
			return
		}
		another, _ := c.create(t, nil)
		before = c.totalWith(t, another)
		deleted = c.delete(t, another)
		t.WaitUsualDelay()
	}
	t.About(deleted).Advise(totalOf(c.page(t))).To(match.At("/meta/total", match.Equal(before-1)), "meta.total is not one less after a %s is deleted", c.noun)
}

// expectGone expects that the list, a search and the id do not show a record any more.
func (c collection) expectGone(t *T, deleted *exchange.Exchange, id int64, name string) {
	t.EventuallyAll(func() {
		t.About(deleted).Check(c.get(t, id)).To(match.HaveStatus(http.StatusNotFound), "the deleted %s %d can be read", c.noun, id)
		t.About(deleted).Check(c.search(t, name)).NotTo(match.ContainID(id), "a search finds the deleted %s %d", c.noun, id)
		t.About(deleted).Check(c.page(t)).NotTo(match.ContainID(id), "the list shows the deleted %s %d", c.noun, id)
	})
}

// deleteOfUnknownIs404 deletes a record with an id that does not exist, and a record twice: 404.
func (c collection) deleteOfUnknownIs404(t *T) {
	t.Check(c.delete(t, c.unknownID(t))).To(match.HaveStatus(http.StatusNotFound), "deleting %s that does not exist was not answered with 404", c.nounWithArticle())
	id, _ := c.create(t, nil)
	first := c.delete(t, id)
	t.Expect(first).To(match.BeAccepted(), "%s was not deleted", c.nounWithArticle())
	t.About(first).Check(c.delete(t, id)).To(match.HaveStatus(http.StatusNotFound), "deleting %s a second time was not answered with 404", c.nounWithArticle())
}
