package specs

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// A filter is a parameter with which a list leaves out some records. It is not searchTerm, page or limit.
type filter struct {
	parameter string
	to        string // a second parameter, for a filter that is a period: to_date for from_date
	property  string // of the record, which the filter compares
	read      bool   // the row does not have the property, only the record read by its id
}

const (
	searchParameter = "searchTerm"
	valuesTried     = 2 // values that are tried of one filter
)

// A filteredList is a list with a filter that leaves out some records, but not all.
type filteredList struct {
	pairs []exchange.Pair
	name  string // of the parameter
	value string
	e     *exchange.Exchange
	ids   []int64
}

// candidates are values of a filter that some rows have, but not all. Values of several rows come first. Among them those come first that the first row
// does not have: then no page of the filtered list is like that of the whole list.
func (c collection) candidates(t *T, whole *exchange.Exchange, f filter) []string {
	rows, times := whole.Items(), map[string]int{}
	if f.to != "" {
		return daysOf(rows, f.property)
	}
	looked := rows
	if f.read {
		looked = t.sampled(whole)
	}
	for _, row := range looked {
		for _, value := range c.valuesIn(t, row, f) {
			times[value]++
		}
	}
	var out []string
	for value, n := range times {
		if n < len(rows) {
			out = append(out, value)
		}
	}
	first := c.valuesIn(t, rows[0], f)
	rank := func(value string) int {
		n := times[value]
		if n > 1 && !slices.Contains(first, value) {
			n += len(rows)
		}
		return n
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(rank(b)-rank(a), strings.Compare(a, b)) })
	return out[:min(valuesTried, len(out))]
}

// valuesIn are the different values of a filter with which a row is found.
func (c collection) valuesIn(t *T, row exchange.Item, f filter) []string {
	var out []string
	switch {
	case f.parameter == searchParameter:
		for _, property := range c.searched {
			out = append(out, letterPairs(row.Text(property))...)
		}
	case f.read:
		if id := exchange.Number(row.Fields["id"]); id != nil {
			out = append(out, exchange.PlainText(c.get(t, *id).At("/data/"+f.property)))
		}
	default:
		out = append(out, exchange.PlainText(row.Fields[f.property]))
	}
	out = slices.DeleteFunc(out, func(value string) bool { return value == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

// daysOf is a period from the middle of the rows' times, written as two days with a slash between them; none if all rows are of one day.
func daysOf(rows []exchange.Item, property string) []string {
	var days []string
	for _, row := range rows {
		if at, err := time.Parse(time.RFC3339, row.Text(property)); err == nil {
			days = append(days, at.UTC().Format(time.DateOnly))
		}
	}
	slices.Sort(days)
	if days = slices.Compact(days); len(days) < 2 {
		return nil
	}
	return []string{days[len(days)/3] + "/" + days[len(days)*2/3]}
}

// pairsOf are the query parameters for a value of a filter.
func (f filter) pairsOf(value string) []exchange.Pair {
	from, to, two := strings.Cut(value, "/")
	if f.to == "" || !two {
		return []exchange.Pair{exchange.Param(f.parameter, value)}
	}
	return []exchange.Pair{exchange.Param(f.parameter, from), exchange.Param(f.to, to)}
}

// letterPairs are the parts of a text that are two letters or digits, without those that a combining mark follows.
func letterPairs(text string) []string {
	var out []string
	runes := []rune(text)
	plain := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for i := range len(runes) - 1 {
		if plain(runes[i]) && plain(runes[i+1]) && (i+2 == len(runes) || !unicode.Is(unicode.M, runes[i+2])) {
			out = append(out, string(runes[i:i+2]))
		}
	}
	return out
}

// filtered reads the list with filters and the largest limit.
func (c collection) filtered(t *T, pairs ...exchange.Pair) *exchange.Exchange {
	return c.page(t, append(slices.Clone(pairs), largestLimit())...)
}

// filteredBy finds a value of a filter that several records have, and others do not have. It returns the list with that filter, nil if no value is suitable.
func (c collection) filteredBy(t *T, whole *exchange.Exchange, f filter) *filteredList {
	var best *filteredList
	for _, value := range c.candidates(t, whole, f) {
		pairs := f.pairsOf(value)
		e := c.filtered(t, pairs...)
		ids := idsOf(e)
		if len(ids) >= len(idsOf(whole)) || totalOf(e) > 100 && len(ids) == 100 {
			continue
		}
		if best == nil || len(ids) > len(best.ids) {
			best = &filteredList{pairs, f.parameter, value, e, ids}
		}
		if len(ids) > 1 {
			break
		}
	}
	return best
}

// filteredLists are the lists of all filters, each filter alone. The cases about filters share them. If there is none, the case is SKIPPED.
func (c collection) filteredLists(t *T) []*filteredList {
	out := c.filteredListsOrNone(t)
	if len(out) == 0 {
		t.Skip("no filter finds some of the target's records, and not all")
	}
	return out
}

// filteredListsOrNone is filteredLists without the skip.
func (c collection) filteredListsOrNone(t *T) []*filteredList {
	out, _ := run.Shared(t.Session, t.workspaceKey()+c.listOperation+" narrowed", func() ([]*filteredList, error) { return c.readFilteredLists(t), nil })
	if t.Repeating {
		return c.readFilteredLists(t)
	}
	return out
}

// expectAllFound expects a search for two letters to find each listed record that has these letters next to each other.
func (c collection) expectAllFound(t *T) {
	for _, n := range c.filteredListsOrNone(t) {
		for _, row := range c.wholeOnce(t, largestLimit()).Items() {
			if id := exchange.Number(row.Fields["id"]); id != nil && n.name == searchParameter && slices.Contains(c.valuesIn(t, row, filter{parameter: searchParameter}), n.value) {
				t.Check(n.e).To(match.ContainID(*id), "a search for %q does not find the %s %d, which has it", n.value, c.noun, *id)
			}
		}
	}
}

func (c collection) readFilteredLists(t *T) []*filteredList {
	whole := c.wholeOnce(t, largestLimit())
	var out []*filteredList
	filters := c.filters
	if len(c.searched) > 0 {
		filters = append([]filter{{parameter: searchParameter}}, filters...)
	}
	for _, f := range filters {
		if n := c.filteredBy(t, whole, f); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// isUnchanged reads a filtered list again, and reports whether it has the same rows.
func (c collection) isUnchanged(t *T, n *filteredList) bool {
	return slices.Equal(slices.Sorted(slices.Values(n.ids)), sortedIDs(c.filtered(t, n.pairs...)))
}

// combinesFilters reads the list with two filters at once, for each pair of filters: it has the rows that both filters find.
func (c collection) combinesFilters(t *T) {
	list := c.filteredLists(t)
	for i, one := range list {
		for _, other := range list[:i] {
			pairs := slices.Concat(one.pairs, other.pairs)
			both := c.filtered(t, pairs...)
			if !c.isIntersection(both, one, other) && c.isUnchanged(t, one) && c.isUnchanged(t, other) {
				c.expectBoth(t, c.filtered(t, pairs...), one, other)
			}
		}
	}
	if len(list) < 2 {
		t.Skip("no two filters find some of the target's records each, and not all")
	}
}

func (c collection) isIntersection(both *exchange.Exchange, one, other *filteredList) bool {
	ids := idsOf(both)
	for _, id := range ids {
		if !slices.Contains(one.ids, id) || !slices.Contains(other.ids, id) {
			return false
		}
	}
	return !slices.ContainsFunc(one.ids, func(id int64) bool { return slices.Contains(other.ids, id) && !slices.Contains(ids, id) })
}

// expectBoth makes findings at the level SHOULD: that filters are combined with "and" is inferred.
func (c collection) expectBoth(t *T, both *exchange.Exchange, one, other *filteredList) {
	about := t.About(one.e, other.e)
	for _, id := range idsOf(both) {
		for _, n := range []*filteredList{one, other} {
			about.Advise(n.e).To(match.ContainID(id), "%s and %s together find the %s %d, which %s alone does not find", one.name, other.name, c.noun, id, n.name)
		}
	}
	for _, id := range one.ids {
		if slices.Contains(other.ids, id) {
			about.Advise(both).To(match.ContainID(id), "%s and %s together do not find the %s %d, which each of them finds alone", one.name, other.name, c.noun, id)
		}
	}
}

// filtersEachPage reads the second of two pages with each filter. If it does not have the second half of the rows, in any order, both pages together must have
// the rows of the filtered list.
func (c collection) filtersEachPage(t *T) {
	compared := false
	for _, n := range c.filteredLists(t) {
		if len(n.ids) < 2 {
			continue
		}
		compared = true
		limit := len(n.ids)/2 + 1 // so that the second page is not full
		second := c.page(t, append(pageOf(2, limit), n.pairs...)...)
		if ids := idsOf(second); slices.Equal(ids, n.ids[limit:]) || !c.isUnchanged(t, n) {
			continue // the page is right, or the list has changed
		}
		first := c.page(t, append(pageOf(1, limit), n.pairs...)...)
		ids := slices.Sorted(slices.Values(slices.Concat(idsOf(first), idsOf(second))))
		want := slices.Sorted(slices.Values(n.ids))
		t.About(n.e, first, second).Check(fmt.Sprint(ids)).To(match.At("/data", match.Equal(fmt.Sprint(want))), "two pages filtered by %s do not have the rows that one page has", n.name)
	}
	if !compared {
		t.Skip("no filter finds two of the target's records, and not all")
	}
}

// countsFiltered compares meta of each filtered list with the number of its rows.
func (c collection) countsFiltered(t *T) {
	for _, n := range c.filteredLists(t) {
		if total := int64(len(n.ids)); total < 100 {
			t.Check(n.e).To(match.HaveNumber("/meta/total", total), "meta.total of the list filtered by %s is not the number of rows", n.name)
			t.Check(n.e).To(match.HaveNumber("/meta/last_page", 1), "the list filtered by %s fits on one page, but meta.last_page is not 1", n.name)
		}
	}
}

// searchesLiterally searches for characters that are wildcards in SQL: each row that is found contains them.
func (c collection) searchesLiterally(t *T) {
	for _, term := range []string{"%", "_"} {
		found := t.answer(t.To(t.operationNamed(c.listOperation), 0, searchFor(term)).MayBeRefused())
		if found.Status == http.StatusOK {
			t.Check(found).To(match.ItemsHaveTerm(term, c.searched...), "a search for %q finds a %s that does not contain it", term, c.noun)
		}
	}
}

// findsInAnyCase searches for the value of a property with upper and lower case exchanged.
func (c collection) findsInAnyCase(property string) func(t *T) {
	return func(t *T) {
		compared := false
		for _, row := range t.sampled(c.wholeOnce(t)) {
			term := swapLetters(row.Text(property))
			if term == row.Text(property) || compared {
				continue // one is enough
			}
			compared = true
			if found := c.page(t, searchFor(term)); totalOf(found) == int64(len(found.Items())) {
				t.Advise(found).To(match.ContainID(*exchange.Number(row.Fields["id"])), "a search for %q does not find the %s that has this %s in the other case", term, c.noun, property)
			}
		}
		if !compared {
			t.Skip("no " + c.noun + " that was looked at shows a " + property + " in Latin letters")
		}
	}
}

// swapLetters exchanges upper and lower case of ASCII letters.
func swapLetters(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, text)
}
