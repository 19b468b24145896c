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

// A filter is a parameter of a list that leaves some records out: all but searchTerm and those of the page.
type filter struct {
	parameter string
	to        string // the parameter of the other end, of a filter that has two days
	property  string // that shows whether a record belongs
	read      bool   // only the record itself shows it, not its row
}

const (
	searchParameter = "searchTerm"
	valuesTried     = 2 // of one filter
)

// A narrowed list is one under a filter, which leaves some records out.
type narrowed struct {
	pairs []exchange.Pair
	name  string // of the parameter
	value string
	e     *exchange.Exchange
	ids   []int64
}

// candidates are values of a filter that some rows have, and not all: those of several rows first, and of these those that the first row has not, so that
// its second page is never that of the whole list.
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

// valuesIn are the values of a filter that a row has, each once.
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

// daysOf are two days with a slash between them, from the middle of the rows' times; none if there are no two.
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

// pairsOf are the parameters that a value of a filter needs.
func (f filter) pairsOf(value string) []exchange.Pair {
	from, to, two := strings.Cut(value, "/")
	if f.to == "" || !two {
		return []exchange.Pair{exchange.Param(f.parameter, value)}
	}
	return []exchange.Pair{exchange.Param(f.parameter, from), exchange.Param(f.to, to)}
}

// letterPairs are the pieces of a text that are two letters or digits, none of them with a mark.
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

// under asks for the list under filters, as long as one answer may be.
func (c collection) under(t *T, pairs ...exchange.Pair) *exchange.Exchange {
	return c.page(t, append(slices.Clone(pairs), hundred())...)
}

// narrow finds a value of a filter that several records have, and others have not; nil if the target's data has none.
func (c collection) narrow(t *T, whole *exchange.Exchange, f filter) *narrowed {
	var best *narrowed
	for _, value := range c.candidates(t, whole, f) {
		pairs := f.pairsOf(value)
		e := c.under(t, pairs...)
		ids := idsOf(e)
		if len(ids) >= len(idsOf(whole)) || totalOf(e) > 100 && len(ids) == 100 {
			continue
		}
		if best == nil || len(ids) > len(best.ids) {
			best = &narrowed{pairs, f.parameter, value, e, ids}
		}
		if len(ids) > 1 {
			break
		}
	}
	return best
}

// narrows are the lists under each filter alone, which the cases about filters share. If no filter leaves some records, and not all, the case ends.
func (c collection) narrows(t *T) []*narrowed {
	out := c.narrowed(t)
	if len(out) == 0 {
		t.Skip("no filter divides the target's records")
	}
	return out
}

// narrowed are the same; none if no filter does so.
func (c collection) narrowed(t *T) []*narrowed {
	out, _ := run.Shared(t.Session, t.whose()+c.list+" narrowed", func() ([]*narrowed, error) { return c.narrowEach(t), nil })
	if t.Again {
		return c.narrowEach(t)
	}
	return out
}

// expectAllFound expects a search for two letters to find each listed record that has them side by side.
func (c collection) expectAllFound(t *T) {
	for _, n := range c.narrowed(t) {
		for _, row := range c.known(t, hundred()).Items() {
			if id := exchange.Number(row.Fields["id"]); id != nil && n.name == searchParameter && slices.Contains(c.valuesIn(t, row, filter{parameter: searchParameter}), n.value) {
				t.Check(n.e).To(match.ContainID(*id), "a search for %q does not find the %s %d, which has it", n.value, c.one, *id)
			}
		}
	}
}

func (c collection) narrowEach(t *T) []*narrowed {
	whole := c.known(t, hundred())
	var out []*narrowed
	filters := c.filters
	if len(c.searched) > 0 {
		filters = append([]filter{{parameter: searchParameter}}, filters...)
	}
	for _, f := range filters {
		if n := c.narrow(t, whole, f); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// isStill asks for a narrowed list again, and reports whether it is the same.
func (c collection) isStill(t *T, n *narrowed) bool {
	return slices.Equal(slices.Sorted(slices.Values(n.ids)), sortedIDs(c.under(t, n.pairs...)))
}

// combine asks for the list under two filters at once, for each pair of them: the rows are those that both filters leave.
func (c collection) combine(t *T) {
	list := c.narrows(t)
	for i, one := range list {
		for _, other := range list[:i] {
			pairs := slices.Concat(one.pairs, other.pairs)
			both := c.under(t, pairs...)
			if !c.isBoth(both, one, other) && c.isStill(t, one) && c.isStill(t, other) {
				c.expectBoth(t, c.under(t, pairs...), one, other)
			}
		}
	}
	if len(list) < 2 {
		t.Skip("no two filters divide the target's records")
	}
}

func (c collection) isBoth(both *exchange.Exchange, one, other *narrowed) bool {
	ids := idsOf(both)
	for _, id := range ids {
		if !slices.Contains(one.ids, id) || !slices.Contains(other.ids, id) {
			return false
		}
	}
	return !slices.ContainsFunc(one.ids, func(id int64) bool { return slices.Contains(other.ids, id) && !slices.Contains(ids, id) })
}

// expectBoth advises only: that filters combine is inferred.
func (c collection) expectBoth(t *T, both *exchange.Exchange, one, other *narrowed) {
	about := t.About(one.e, other.e)
	for _, id := range idsOf(both) {
		for _, n := range []*narrowed{one, other} {
			about.Advise(n.e).To(match.ContainID(id), "%s and %s together find the %s %d, which %s alone does not find", one.name, other.name, c.one, id, n.name)
		}
	}
	for _, id := range one.ids {
		if slices.Contains(other.ids, id) {
			about.Advise(both).To(match.ContainID(id), "%s and %s together do not find the %s %d, which each of them finds alone", one.name, other.name, c.one, id)
		}
	}
}

// pageUnderFilters asks for the second of two pages under each filter. If that is not the rest of one answer, both pages together are compared with it.
func (c collection) pageUnderFilters(t *T) {
	compared := false
	for _, n := range c.narrows(t) {
		if len(n.ids) < 2 {
			continue
		}
		compared = true
		limit := len(n.ids)/2 + 1 // the second page is not full
		second := c.page(t, append(pageOf(2, limit), n.pairs...)...)
		if ids := idsOf(second); slices.Equal(ids, n.ids[limit:]) || !c.isStill(t, n) {
			continue // in the order of the whole list, or in another one
		}
		first := c.page(t, append(pageOf(1, limit), n.pairs...)...)
		ids := slices.Sorted(slices.Values(slices.Concat(idsOf(first), idsOf(second))))
		want := slices.Sorted(slices.Values(n.ids))
		t.About(n.e, first, second).Check(fmt.Sprint(ids)).To(match.At("/data", match.Equal(fmt.Sprint(want))), "two pages filtered by %s do not have the rows that one page has", n.name)
	}
	if !compared {
		t.Skip("no filter leaves two of the target's records, and not all")
	}
}

// countUnderFilters compares the total of a filter with the rows that it leaves.
func (c collection) countUnderFilters(t *T) {
	for _, n := range c.narrows(t) {
		if total := int64(len(n.ids)); total < 100 {
			t.Check(n.e).To(match.HaveNumber("/meta/total", total), "meta.total of the list filtered by %s is not the number of rows", n.name)
			t.Check(n.e).To(match.HaveNumber("/meta/last_page", 1), "the list filtered by %s fits on one page, but meta.last_page is not 1", n.name)
		}
	}
}

// isLiteral searches for characters that mean something to SQL: each row that is found has them.
func (c collection) isLiteral(t *T) {
	for _, term := range []string{"%", "_"} {
		found := t.answer(t.To(t.operationNamed(c.list), 0, searchFor(term)).Unacceptable())
		if found.Status == http.StatusOK {
			t.Check(found).To(match.ItemsHaveTerm(term, c.searched...), "a search for %q finds a %s that does not contain it", term, c.one)
		}
	}
}

// findsInAnyCase searches for what a property shows with capitals and small letters exchanged.
func (c collection) findsInAnyCase(property string) func(t *T) {
	return func(t *T) {
		compared := false
		for _, row := range t.sampled(c.known(t)) {
			term := swapLetters(row.Text(property))
			if term == row.Text(property) || compared {
				continue // one is enough
			}
			compared = true
			if found := c.page(t, searchFor(term)); totalOf(found) == int64(len(found.Items())) {
				t.Advise(found).To(match.ContainID(*exchange.Number(row.Fields["id"])), "a search for %q does not find the %s with this %s in other cases", term, c.one, property)
			}
		}
		if !compared {
			t.Skip("no " + c.one + " that was looked at shows a " + property + " in Latin letters")
		}
	}
}

// swapLetters exchanges capitals and small letters of ASCII.
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
