package specs

import (
	"fmt"
	"net/http"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

const (
	mostPages         = 10
	templatesSearched = 3
	templatesRead     = 5
)

func templates() Specs {
	return Describe("templates", Capability(document.CapabilityTemplates), templateList(), oneTemplate())
}

func templateList() Specs {
	return Describe("the list", Operation(document.ListTemplates),
		It("shows each template on one page", Requirement("TEMPLATES-PAGES"), func(t *T) {
			whole := t.wholeTemplates()
			times, last := t.timesShown(whole)
			for _, row := range whole.Items() {
				if id := exchange.Number(row.Fields["id"]); id != nil {
					t.About(last, whole).Check(times[*id]).NotTo(match.At(row.Pointer, match.Equal(0)), "template %d is on no page", *id)
				}
			}
		}),
		It("finds the templates whose name contains the search term", Requirement("TEMPLATES-SEARCH"), func(t *T) {
			whole, compared := t.wholeTemplates(), false
			for _, row := range whole.Items()[:min(templatesSearched, len(whole.Items()))] {
				name := row.Text("name")
				if len(name) < 4 {
					continue
				}
				compared = true
				for _, term := range []string{name, name[1 : len(name)-1]} {
					found := t.templatesWith(searchFor(term))
					t.Check(found).To(match.ItemsContain("name", term), "a template was found whose name does not contain the term")
					if id := exchange.Number(row.Fields["id"]); id != nil && totalOf(found) == int64(len(found.Items())) { // else it may be on the next page
						t.Check(found).To(match.ContainID(*id), "template %d was not found by a part of its name", *id)
					}
				}
			}
			t.Check(t.templatesWith(searchFor(t.noName()))).To(match.HaveNoRows(), "a template was found whose name does not contain the term")
			if !compared {
				t.Lacks("a template whose name has four characters")
			}
		}),
		It("describes the page in meta", Requirement("TEMPLATES-META"), describesPage),
	)
}

func describesPage(t *T) {
	whole := t.wholeTemplates()
	page := t.templatesWith(exchange.Param("page", "2"), exchange.Param("limit", "2"))
	none := t.templatesWith(searchFor(t.noName()))
	total := totalOf(whole)
	for _, wanted := range []struct {
		page  *exchange.Exchange
		name  string
		value int64
	}{
		{whole, "current_page", 1},
		{page, "current_page", 2},
		{page, "per_page", 2},
		{page, "total", total},
		{page, "last_page", max(1, (total+1)/2)},
		{none, "total", 0},
		{none, "last_page", 1},
	} {
		t.Check(wanted.page).To(match.HaveNumber("/meta/"+wanted.name, wanted.value), "meta.%s does not describe the page", wanted.name)
	}
}

func oneTemplate() Specs {
	return Describe("one template", Operation(document.GetTemplate),
		It("shows a template as it is listed", Requirement("TEMPLATE-AGREES"), func(t *T) {
			op, whole := t.operationNamed(document.GetTemplate), t.wholeTemplates()
			for _, row := range whole.Items()[:min(templatesRead, len(whole.Items()))] {
				id := exchange.Number(row.Fields["id"])
				if id == nil {
					continue
				}
				e := t.answer(t.To(op, *id))
				if t.About(whole).Check(e).To(match.BeAccepted(), "the listed template %d cannot be read", *id) {
					t.About(whole).Check(e).To(match.HaveValue("/data/name", row.Fields["name"]), "template %d has another name at its own address", *id)
					t.About(whole).Check(e).To(match.HaveNumber("/data/id", *id), "template %d has another id at its own address", *id)
				}
			}
		}),
		It("answers an unknown template with 404", Requirement("TEMPLATE-UNKNOWN-ID"), func(t *T) {
			op := t.operationNamed(document.GetTemplate)
			highest := int64(0)
			for _, row := range t.templatesWith().Items() {
				if id := exchange.Number(row.Fields["id"]); id != nil && *id < 1<<52 {
					highest = max(highest, *id)
				}
			}
			unknown := highest + 1_000_003 + t.Rand.Int64N(1_000_000)
			t.Check(t.answer(t.To(op, unknown).Free())).To(match.HaveStatus(http.StatusNotFound), "a template that does not exist was not answered with 404")
		}),
	)
}

// timesShown asks for all templates in pages, and expects each at most once. It returns how often each id is on them, and the last page.
func (t *T) timesShown(whole *exchange.Exchange) (times map[int64]int, last *exchange.Exchange) {
	limit := (len(whole.Items()) + 2) / 3
	times = map[int64]int{}
	for page := 1; page <= mostPages && (page-1)*limit < len(whole.Items()); page++ {
		last = t.templatesWith(exchange.Param("page", strconv.Itoa(page)), exchange.Param("limit", strconv.Itoa(limit)))
		t.Check(last).To(match.HaveAtMost(limit), "a page has more rows than the limit")
		for _, row := range last.Items() {
			if id := exchange.Number(row.Fields["id"]); id != nil {
				times[*id]++
				t.About(last).Check(times[*id]).To(match.At(row.Pointer, match.Equal(1)), "template %d is on two pages, or twice on one", *id)
			}
		}
	}
	return times, last
}

// totalOf is how many templates fit: as many as meta says, or as many as the answer has if that is more.
func totalOf(e *exchange.Exchange) int64 {
	shown := int64(len(e.Items()))
	if total := exchange.Number(e.At("/meta/total")); total != nil {
		return max(*total, shown)
	}
	return shown
}

// noName is a term that no template has in its name.
func (t *T) noName() string { return fmt.Sprintf("zq%d", t.Rand.Int64N(1e12)) }

// templatesWith is a page of the list. If it cannot be read, the case ends.
func (t *T) templatesWith(pairs ...exchange.Pair) *exchange.Exchange {
	e, err := t.templates(pairs...)
	t.End(err)
	return e
}

// wholeTemplates are as many as one answer has. Without one, the case ends.
func (t *T) wholeTemplates() *exchange.Exchange {
	e, err := t.allTemplates()
	t.End(err)
	return e
}

// templates asks for a page; the error says what the target's data lacks.
func (t *T) templates(pairs ...exchange.Pair) (*exchange.Exchange, error) {
	op, err := t.operation(document.ListTemplates)
	if err != nil {
		return nil, err
	}
	return t.AskValid(t.To(op, 0, pairs...))
}

// allTemplates are as many as one answer has; there is at least one.
func (t *T) allTemplates() (*exchange.Exchange, error) {
	e, err := t.templates()
	if err == nil && len(e.Items()) == 0 {
		err = run.Lacks("a template")
	}
	return e, err
}

// someTemplates are those of an answer that this run had before, or of a new one: for a case that is about something else.
func (t *T) someTemplates() (*exchange.Exchange, error) {
	if t.Own != nil {
		return t.allTemplates()
	}
	if e, ok := t.TemplatesSeen.Load().(*exchange.Exchange); ok {
		return e, nil
	}
	e, err := t.allTemplates()
	if err == nil {
		t.TemplatesSeen.Store(e)
	}
	return e, err
}
