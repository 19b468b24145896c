package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// A collection is a kind of record that the contract lists in pages: contacts, groups, branches, orders, templates. Its methods are the bodies of specs that
// all these kinds have in common. Those in this file only read.
type collection struct {
	noun            string // the name of a record in messages, such as "contact"
	listOperation   string // the operations on records, "" where there is none
	readOperation   string
	createOperation string
	updateOperation string
	deleteOperation string
	searched        []string                         // properties in which searchTerm is searched
	shown           []string                         // properties that a row and the record read by its id have in common
	alike           []string                         // the same for properties of which that is inferred: a SHOULD
	filters         []filter                         // parameters that filter the list, without searchTerm
	atOnce          int                              // how many fields keepsUnsentFields changes with one request; 0: one. More, if a target allows few requests
	fields          func(t *T, n int) map[string]any // a value for each field that can be sent, except the name; n and n+1 give different values
}

// nounWithArticle is the name of a record with its article: "an order".
func (c collection) nounWithArticle() string {
	if strings.HasPrefix(c.noun, "o") {
		return "an " + c.noun
	}
	return "a " + c.noun
}

const (
	mostPages    = 10
	rowsSampled  = 3
	mostAttempts = 3 // attempts of a comparison that another client can disturb
)

// page reads a page of the list. If it cannot be read, the case ends.
func (c collection) page(t *T, pairs ...exchange.Pair) *exchange.Exchange {
	e, err := t.AskValid(t.To(t.operationNamed(c.listOperation), 0, pairs...))
	t.End(err)
	return e
}

// whole is the list without a page or limit. If it has no record, the case ends.
func (c collection) whole(t *T, pairs ...exchange.Pair) *exchange.Exchange {
	e, err := t.AskValid(t.To(t.operationNamed(c.listOperation), 0, pairs...))
	return c.mustHaveRows(t, e, err)
}

// wholeOnce is whole as it was when a case of the run first read it. It is for cases that only need values that exist.
func (c collection) wholeOnce(t *T, pairs ...exchange.Pair) *exchange.Exchange {
	if t.Repeating {
		return c.whole(t, pairs...)
	}
	e, err := run.Shared(t.Session, t.workspaceKey()+c.listOperation+" known "+exchange.EncodeQuery(pairs...), func() (*exchange.Exchange, error) {
		return t.AskValid(t.To(t.operationNamed(c.listOperation), 0, pairs...))
	})
	return c.mustHaveRows(t, e, err)
}

func (c collection) mustHaveRows(t *T, e *exchange.Exchange, err error) *exchange.Exchange {
	t.End(err)
	if len(idsOf(e)) == 0 {
		t.Lacks("%s", c.nounWithArticle())
	}
	return e
}

// get reads a record by its id. The record may not exist.
func (c collection) get(t *T, id int64) *exchange.Exchange {
	return t.answer(t.To(t.operationNamed(c.readOperation), id).AnyAnswer())
}

// idsOf are the ids of the rows of an answer, in their order.
func idsOf(e *exchange.Exchange) []int64 {
	var out []int64
	for _, row := range e.Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil {
			out = append(out, *id)
		}
	}
	return out
}

// sampled are a few rows of an answer, chosen by the seed. They have an id that is not one of without.
func (t *T) sampled(e *exchange.Exchange, without ...int64) []exchange.Item {
	rows := slices.DeleteFunc(e.Items(), func(row exchange.Item) bool {
		id := exchange.Number(row.Fields["id"])
		return id == nil || slices.Contains(without, *id)
	})
	t.Rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows[:min(rowsSampled, len(rows))]
}

// dataOf is the record that an answer shows, nil if it shows none.
func dataOf(e *exchange.Exchange) map[string]any {
	data, _ := e.At("/data").(map[string]any)
	return data
}

func pageOf(page, limit int) []exchange.Pair {
	return []exchange.Pair{exchange.Param("page", strconv.Itoa(page)), exchange.Param("limit", strconv.Itoa(limit))}
}

// showsEachOnce reads the list in pages: no page is longer than its limit, and together they have each record once.
func (c collection) showsEachOnce(t *T) {
	whole := c.whole(t)
	limit := (len(whole.Items()) + 2) / 3
	c.expectOnce(t, whole, c.pagesFor(t, len(whole.Items()), limit), limit)
	c.expectOthers(t, whole)
}

func sortedIDs(e *exchange.Exchange) []int64 { return slices.Sorted(slices.Values(idsOf(e))) }

// pagesFor reads pages until they have as many rows as rows says, or a page is empty.
func (c collection) pagesFor(t *T, rows, limit int) []*exchange.Exchange {
	var pages []*exchange.Exchange
	for seen := 0; seen < rows && len(pages) < mostPages; {
		e := c.page(t, pageOf(len(pages)+1, limit)...)
		pages = append(pages, e)
		if len(e.Items()) == 0 {
			break
		}
		seen += len(e.Items())
	}
	return pages
}

// expectOthers expects the second page without a limit to have no row of the first page.
func (c collection) expectOthers(t *T, first *exchange.Exchange) {
	second := c.page(t, exchange.Param("page", "2"))
	for _, id := range idsOf(second) {
		t.About(second).Check(first).NotTo(match.ContainID(id), "without a limit the %s %d is on the first page and on the second", c.noun, id)
	}
}

func (c collection) expectOnce(t *T, whole *exchange.Exchange, pages []*exchange.Exchange, limit int) {
	times, last := map[int64]int{}, pages[len(pages)-1]
	for _, e := range pages {
		t.Check(e).To(match.HaveAtMost(limit), "a page has more rows than the limit")
		for _, row := range e.Items() {
			if id := exchange.Number(row.Fields["id"]); id != nil {
				times[*id]++
				t.About(e).Check(times[*id]).To(match.At(row.Pointer, match.Equal(1)), "the %s %d is on two pages, or twice on one", c.noun, *id)
				if totalOf(whole) == int64(len(whole.Items())) {
					t.About(whole, e).Check(slices.Contains(idsOf(whole), *id)).To(match.At(row.Pointer, match.Equal(true)), "the %s %d is on a page, and the whole list does not have it", c.noun, *id)
				}
			}
		}
	}
	if len(last.Items()) > 0 && len(pages) == mostPages {
		return // pages with fewer rows than the limit: there are more pages than were read
	}
	for _, id := range idsOf(whole) {
		t.About(whole, last).Check(times[id]).NotTo(match.At("/data", match.Equal(0)), "the %s %d is on no page", c.noun, id)
	}
}

// describesPages compares meta with the rows of five answers: the whole list, its second page, its last page, a page after the last, and a search that finds nothing.
func (c collection) describesPages(t *T) {
	whole := c.whole(t)
	total := totalOf(whole)
	limit := oddLimit(total)
	last := max(1, (total+limit-1)/limit)
	second, behind, none := c.page(t, pageOf(2, int(limit))...), c.page(t, pageOf(int(last)+1, int(limit))...), c.page(t, searchFor(t.noName()))
	end := c.page(t, pageOf(int(last), int(limit))...)
	if now := totalOf(c.page(t)); now != total {
		t.Lacks("a list that does not change while it is read")
	}
	for _, wanted := range []struct {
		e     *exchange.Exchange
		name  string
		value int64
	}{
		{whole, "current_page", 1},
		{whole, "total", total},
		{second, "current_page", 2},
		{second, "per_page", limit},
		{second, "total", total},
		{second, "last_page", last},
		{behind, "total", total},
		{none, "total", 0},
		{none, "last_page", 1},
	} {
		t.Check(wanted.e).To(match.HaveNumber("/meta/"+wanted.name, wanted.value), "meta.%s does not describe the page", wanted.name)
	}
	t.Check(second).To(match.HaveAtMost(int(limit)), "a page has more rows than meta says")
	t.Check(behind).To(match.HaveNoRows(), "a page after the last one has rows")
	t.About(whole).Check(int64(len(end.Items()))).To(match.At("/data", match.Equal(total-(last-1)*limit)), "the last page does not have as many rows as meta.total leaves for it")
}

// oddLimit is a limit below ten with which the last page is not full, if there is one.
func oddLimit(total int64) int64 {
	for limit := int64(2); limit < 10; limit++ {
		if total%limit != 0 {
			return limit
		}
	}
	return 2
}

// totalOf is the number of all records that a query finds: meta.total, or the number of rows if that is larger.
func totalOf(e *exchange.Exchange) int64 {
	shown := int64(len(e.Items()))
	if total := exchange.Number(e.At("/meta/total")); total != nil {
		return max(*total, shown)
	}
	return shown
}

// noName is a search term that no record contains.
func (t *T) noName() string { return fmt.Sprintf("zq%d", t.Rand.Int64N(1e12)) }

// findsBy searches for the value of a property of a few records, and for parts of it. Each record with that text must be found.
func (c collection) findsBy(property string) func(t *T) {
	return func(t *T) {
		compared := false
		for _, row := range t.sampled(c.wholeOnce(t)) {
			text := row.Text(property)
			for _, term := range append(judge.Parts(text), text) {
				if term == "" {
					continue
				}
				compared = true
				if found := c.page(t, searchFor(term)); totalOf(found) == int64(len(found.Items())) {
					for _, id := range idsWith(c.wholeOnce(t), property, term) {
						t.Check(found).To(match.ContainID(id), "a search for %q does not find the %s %d whose %s it is a part of", term, c.noun, id, property)
					}
				}
			}
		}
		if !compared {
			t.Lacks("%s with a %s", c.nounWithArticle(), property)
		}
	}
}

// idsWith are the ids of the rows whose property is a text, or has it as one of its Parts.
func idsWith(e *exchange.Exchange, property, term string) []int64 {
	var out []int64
	for _, row := range e.Items() {
		if text := row.Text(property); text == term || slices.Contains(judge.Parts(text), term) {
			if id := exchange.Number(row.Fields["id"]); id != nil {
				out = append(out, *id)
			}
		}
	}
	return out
}

// findsOnly searches for parts of the properties of a few records: each row that is found contains the term. A search for two letters finds each row that
// has them, and a search for a text that occurs nowhere finds nothing.
func (c collection) findsOnly(t *T) {
	compared := false
	for _, row := range t.sampled(c.wholeOnce(t)) {
		for _, property := range c.searched {
			parts := judge.Parts(row.Text(property))
			if len(parts) == 0 {
				continue
			}
			compared = true
			term := parts[t.Rand.IntN(len(parts))]
			t.Check(c.page(t, searchFor(term))).To(match.ItemsHaveTerm(term, c.searched...), "a search for %q finds %s that does not contain it", term, c.nounWithArticle())
		}
	}
	t.Check(c.page(t, searchFor(t.noName()))).To(match.HaveNoRows(), "a search for a text that occurs nowhere finds a row")
	c.expectAllFound(t)
	if !compared {
		t.Lacks("%s with a text of four characters", c.nounWithArticle())
	}
}

// filtersBy filters by values of a property: each row has the value, and no row with the value is missing.
func (c collection) filtersBy(parameter, property string) func(t *T) {
	return func(t *T) {
		whole := c.wholeOnce(t)
		values := valuesOf(whole, property)
		if len(values) == 0 {
			t.Lacks("%s with a %s", c.nounWithArticle(), property)
		}
		for _, value := range values[:min(rowsSampled, len(values))] {
			c.expectFiltered(t, whole, exchange.Param(parameter, value), property, value)
		}
	}
}

// expectFiltered reads the filtered list: each row has the value of the filter, and no row of the whole list with that value is missing.
func (c collection) expectFiltered(t *T, whole *exchange.Exchange, filter exchange.Pair, property, value string) {
	kept := c.page(t, filter)
	t.Check(kept).To(match.ItemsShow(property, value), "in the filtered list %s shows another %s", c.nounWithArticle(), property)
	if totalOf(kept) > int64(len(kept.Items())) {
		return
	}
	ids := idsOf(kept)
	for _, row := range whole.Items() {
		id := exchange.Number(row.Fields["id"])
		if id == nil || exchange.PlainText(row.Fields[property]) != value || slices.Contains(ids, *id) {
			continue
		}
		if now := c.get(t, *id); now.OK() && exchange.PlainText(now.At("/data/"+property)) == value { // the record has not changed since
			t.About(whole).Check(kept).To(match.ContainID(*id), "the filtered list lacks the %s %d, which shows this %s", c.noun, *id, property)
		}
	}
}

// valuesOf are the different values of a property in the rows of an answer, as they are written in a query.
func valuesOf(e *exchange.Exchange, property string) []string {
	var out []string
	for _, row := range e.Items() {
		if value := exchange.PlainText(row.Fields[property]); value != "" && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}

// agreesWithList reads a few records of the list by their ids: they have the same values as in the list.
func (c collection) agreesWithList(t *T) {
	whole := c.whole(t)
	for _, row := range t.sampled(whole) {
		id := *exchange.Number(row.Fields["id"])
		e := c.get(t, id)
		if !t.About(whole).Check(e).To(match.BeAccepted(), "the listed %s %d cannot be read", c.noun, id) {
			continue
		}
		t.About(whole).Check(e).To(match.HaveNumber("/data/id", id), "the %s %d has another id at its own address", c.noun, id)
		for _, property := range slices.Concat(c.shown, c.alike) {
			_, listed := row.Fields[property]
			if _, there := dataOf(e)[property]; !there || !listed { // an optional property may be absent
				continue
			}
			check := t.About(whole).Check(e)
			if slices.Contains(c.alike, property) {
				check = t.About(whole).Advise(e)
			}
			check.To(match.ShowValue("/data/"+property, row.Fields[property]), "the %s %d shows another %s at its own address", c.noun, id, property)
		}
	}
}

// readOfUnknownIs404 reads a record with an id that does not exist.
func (c collection) readOfUnknownIs404(t *T) {
	t.Check(c.get(t, c.unknownID(t))).To(match.HaveStatus(http.StatusNotFound), "%s that does not exist was not answered with 404", c.nounWithArticle())
}

// unknownID is an id that does not exist: it is far from those of the list.
func (c collection) unknownID(t *T) int64 {
	highest := int64(0)
	for _, id := range idsOf(c.page(t)) {
		if id < 1<<52 {
			highest = max(highest, id)
		}
	}
	return highest + 1_000_003 + t.Rand.Int64N(1_000_000)
}

// listsOwnOnly compares the lists of two workspaces: no row is in both. Each workspace may number its own records, so two rows are the same only if they have the same
// value in each of the properties.
func (c collection) listsOwnOnly(properties ...string) func(t *T) {
	return func(t *T) {
		own := c.page(t)
		theirs, err := t.AskValid(t.ToSecond(t.operationNamed(c.listOperation), 0))
		t.End(err)
		if len(own.Items()) == 0 && len(theirs.Items()) == 0 {
			t.Lacks("%s in one of the workspaces", c.nounWithArticle())
		}
		for _, row := range theirs.Items() {
			t.About(theirs).Check(own).NotTo(match.ContainSame(row.Fields, properties...), "%s of one workspace is in the list of another", c.nounWithArticle())
		}
	}
}

// expectUnsentUnchanged expects a record to have the same values as before, except those that were sent and updated_at.
func (c collection) expectUnsentUnchanged(t *T, before, after *exchange.Exchange, sent ...string) {
	data := dataOf(before)
	for _, property := range slices.Sorted(maps.Keys(data)) {
		if !slices.Contains(sent, property) && property != "updated_at" {
			t.About(before).Check(after).To(match.ShowValue("/data/"+property, data[property]), "a change of the %s changed %s, which was not sent", c.noun, property)
		}
	}
}
