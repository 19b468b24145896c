package suite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func searchChecks() []*check {
	of := func(id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opList, run: run}
	}
	return []*check{
		of("LIST-SEARCH-NAME", "a part of a name finds the conversation", checkSearchName),
		of("LIST-SEARCH-ARABIC", "an Arabic name finds the conversation", checkSearchArabic),
		of("LIST-SEARCH-PHONE", "a whole phone number finds the conversation", checkSearchPhone),
		of("LIST-SEARCH-PHONE-PART", "any part of a phone number finds the conversation", checkSearchPhonePart),
		of("LIST-SEARCH-CASE", "the case of Latin letters does not matter", checkSearchCase),
		of("LIST-SEARCH-LITERAL", "special characters stand for themselves", checkSearchLiteral),
		of("LIST-SEARCH-AND-STATUS", "a search and a status together give what both give", checkSearchAndStatus),
		of("LIST-EMPTY", "a search that nothing matches gives an empty array", checkEmpty),
	}
}

// subjects are rows of the unfiltered list that suit a search, chosen by the seed.
func (p *probe) subjects(n int, suits func(r *row) bool) []*row {
	var out []*row
	if p.crawled.before == nil {
		return nil
	}
	rows := p.crawled.before.rows
	for _, i := range p.rand.Perm(len(rows)) {
		if r := &rows[i]; suits(r) && len(out) < n {
			out = append(out, r)
		}
	}
	return out
}

// finds asks for each term and wants the row among those found, unless the answer is cut short.
func (p *probe) finds(r *row, terms ...string) error {
	for _, term := range terms {
		ask := func() (v views, err error) {
			if v.all, err = p.list(); err != nil {
				return v, err
			}
			v.some, err = p.list(pair{"searchTerm", term})
			return v, err
		}
		found, err := p.list(pair{"searchTerm", term})
		if err != nil {
			return err
		}
		err = hold(p, relation[views]{
			first: views{all: p.crawled.before, some: found}, ask: ask, changed: viewsChanged,
			judge: func(v views) []breach {
				now := v.all.byID[r.id]
				if now == nil || !p.mustFind(now, term) || v.some.has(r.id) || p.crawled.cutList(v.some) {
					return nil
				}
				return []breach{{strconv.FormatInt(r.id, 10), Finding{
					Text:     fmt.Sprintf("a search for %q does not find conversation %d, name %s, phone %s", term, r.id, shown(now.name), now.phone),
					Expected: fmt.Sprintf("a row with the id %d", r.id), Actual: fmt.Sprintf("%d other rows", len(v.some.rows)), Pointer: "/data",
				}, []*exchange{v.all.from, v.some.from}}}
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mustFind is mustContain, with the letters that are written one for another where the target is said to fold them.
func (p *probe) mustFind(r *row, term string) bool {
	return mustContain(r, term) || p.cfg.SearchFolding == SearchFoldingArabic && r.name != nil && strings.Contains(foldArabic(*r.name), foldArabic(term))
}

func named(r *row) bool { return r.name != nil && len([]rune(strings.TrimSpace(*r.name))) >= 4 }

func checkSearchName(p *probe) error {
	rows := p.subjects(3, named)
	if len(rows) == 0 {
		return lacks("a conversation whose name has four characters")
	}
	for _, r := range rows {
		if err := p.finds(r, append(parts(*r.name), strings.TrimSpace(*r.name))...); err != nil {
			return err
		}
	}
	return nil
}

func checkSearchArabic(p *probe) error {
	rows := p.subjects(2, func(r *row) bool { return named(r) && hasArabic(*r.name) })
	if len(rows) == 0 {
		return lacks("a conversation with an Arabic name")
	}
	for _, r := range rows {
		terms := []string{strings.TrimSpace(*r.name)}
		if pieces := parts(*r.name); len(pieces) > 1 && hasArabic(pieces[1]) {
			terms = append(terms, pieces[1])
		}
		if p.cfg.SearchFolding == SearchFoldingArabic {
			terms = append(terms, strings.TrimSpace(foldArabic(*r.name)))
		}
		if err := p.finds(r, terms...); err != nil {
			return err
		}
	}
	return nil
}

func checkSearchPhone(p *probe) error {
	rows := p.subjects(2, func(r *row) bool { return r.phone != "" })
	if len(rows) == 0 {
		return lacks("a conversation with a phone")
	}
	for _, r := range rows {
		if err := p.finds(r, r.phone); err != nil {
			return err
		}
	}
	return nil
}

func checkSearchPhonePart(p *probe) error {
	rows := p.subjects(2, func(r *row) bool { return len(r.phone) >= 8 })
	if len(rows) == 0 {
		return lacks("a conversation whose phone has eight digits")
	}
	for _, r := range rows {
		n := len(r.phone)
		if err := p.finds(r, r.phone[:n-3], r.phone[3:n-2], r.phone[n-5:]); err != nil {
			return err
		}
	}
	return nil
}

// checkSearchCase wants the same rows for a term in small and in capital letters, and the row it was taken from among them.
func checkSearchCase(p *probe) error {
	rows := p.subjects(2, func(r *row) bool { return named(r) && hasLatin(*r.name) && !hasArabic(*r.name) })
	if len(rows) == 0 {
		return lacks("a conversation with a Latin name")
	}
	for _, r := range rows {
		name := strings.TrimSpace(*r.name)
		if err := p.finds(r, strings.ToLower(name), strings.ToUpper(name), swapCase(name)); err != nil {
			return err
		}
	}
	return nil
}

func swapCase(text string) string {
	return strings.Map(func(r rune) rune {
		if up := []rune(strings.ToUpper(string(r))); len(up) == 1 && up[0] != r {
			return up[0]
		}
		return []rune(strings.ToLower(string(r)))[0]
	}, text)
}

// checkSearchLiteral searches with characters that mean something to SQL, to globs and to regular expressions. What is found must contain them;
// a row that only fits the pattern must not be found.
func checkSearchLiteral(p *probe) error {
	rows := p.subjects(1, func(r *row) bool { return len(r.phone) >= 6 })
	if len(rows) == 0 {
		return lacks("a conversation with a phone")
	}
	phone := rows[0].phone
	n := len(phone)
	for _, term := range []string{"%", "_", "*", "(", ".", "[", "\\", phone[:2] + "%" + phone[n-2:], phone[:3] + "_" + phone[4:], phone[:2] + ".*" + phone[n-2:], phone[:3] + "*"} {
		found, err := p.list(pair{"searchTerm", term})
		if err != nil {
			return err
		}
		for i := range found.rows {
			if r := &found.rows[i]; !containsTerm(r, term) {
				p.fail(Finding{
					Text:     fmt.Sprintf("a search for %q finds conversation %d, name %s, phone %s", term, r.id, shown(r.name), r.phone),
					Expected: "only rows that contain these characters", Actual: fmt.Sprintf("%d rows", len(found.rows)), Pointer: r.pointer,
				}, found.from)
				break
			}
		}
	}
	return nil
}

func judgeSearchMatch(j *judge, v *listView) verdict {
	if v.term == "" {
		return unconcerned()
	}
	for i := range v.rows {
		if r := &v.rows[i]; !containsFolded(r, v.term, j.folded) {
			return concerned(Finding{
				Text:     fmt.Sprintf("a search for %q finds conversation %d, name %s, phone %s", v.term, r.id, shown(r.name), r.phone),
				Expected: "the term in the name or in the phone", Actual: "it is in neither", Pointer: r.pointer,
			})
		}
	}
	return concerned()
}

// checkSearchAndStatus compares the answer to a term and a status with what each of them gives alone.
func checkSearchAndStatus(p *probe) error {
	if err := p.needsList(); err != nil {
		return err
	}
	word, term := p.combination()
	if word == "" {
		return lacks("a status with rows, and a term that only some rows contain")
	}
	ask := func() (v views, err error) {
		if v.all, err = p.list(pair{"searchTerm", term}); err != nil {
			return v, err
		}
		if v.some, err = p.list(pair{"status", word}); err != nil {
			return v, err
		}
		v.more, err = p.list(pair{"searchTerm", term}, pair{"status", word})
		return v, err
	}
	first, err := ask()
	if err != nil {
		return err
	}
	return hold(p, relation[views]{first: first, ask: ask, changed: viewsChanged, judge: func(v views) (out []breach) {
		if p.crawled.cutList(v.all) || p.crawled.cutList(v.some) || p.crawled.cutList(v.more) {
			return nil
		}
		for _, id := range slices.Concat(v.all.ids(), v.some.ids(), v.more.ids()) {
			if both := v.all.has(id) && v.some.has(id); both != v.more.has(id) {
				expected, actual := "it is found", "it is not"
				if !both {
					expected, actual = "it is not found, since one of the two does not find it alone", "it is found"
				}
				out = append(out, breach{strconv.FormatInt(id, 10), Finding{
					Text: fmt.Sprintf("conversation %d under searchTerm=%q and status=%s together", id, term, word), Expected: expected, Actual: actual, Pointer: "/data",
				}, []*exchange{v.all.from, v.some.from, v.more.from}})
			}
		}
		return out
	}})
}

// combination chooses a status and a term, so that some rows fit both, some one of them, and some neither, as far as the data allows.
func (p *probe) combination() (word, term string) {
	best := -1
	for _, w := range p.crawled.words {
		view := p.crawled.byStatus[w]
		if view == nil || len(view.rows) == 0 {
			continue
		}
		for _, i := range p.rand.Perm(len(view.rows))[:min(4, len(view.rows))] {
			phone := view.rows[i].phone
			for _, from := range []int{len(phone) - 2, len(phone) - 1} {
				if from < 0 {
					continue
				}
				inside, outside := 0, 0
				for id, r := range p.crawled.known {
					switch fits := containsTerm(r, phone[from:]); {
					case fits && view.has(id):
						inside++
					case fits:
						outside++
					}
				}
				if score := 2*min(inside, 3) + 2*min(outside, 3) + min(len(view.rows)-inside, 3); score > best {
					best, word, term = score, w, phone[from:]
				}
			}
		}
	}
	return word, term
}

// checkEmpty searches for what occurs nowhere: letters, and digits in no phone.
func checkEmpty(p *probe) error {
	terms := []string{"zqxjwvk" + strconv.Itoa(p.rand.IntN(1e6)), "ظظژگ" + strconv.Itoa(p.rand.IntN(1e6))}
	for range 20 {
		digits := fmt.Sprintf("%012d", p.rand.Int64N(1e12))
		if p.crawled.problem == nil && !slices.ContainsFunc(p.crawled.before.rows, func(r row) bool { return strings.Contains(r.phone, digits) }) {
			terms = append(terms, digits)
			break
		}
	}
	for _, term := range terms {
		r := p.to(p.contract.operation(opList), 0, pair{"searchTerm", term})
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		rows, isArray := e.object()["data"].([]any)
		if !e.request.op.succeeds(e.status) || !isArray || len(rows) > 0 {
			actual := e.result()
			if e.request.op.succeeds(e.status) {
				actual = "data is " + brief(e.object()["data"])
			}
			p.fail(Finding{Text: fmt.Sprintf("a search for %q, which occurs nowhere", term), Expected: "200 and an empty array in data", Actual: actual, Pointer: "/data"}, e)
		}
	}
	for _, word := range p.crawled.words {
		if p.crawled.byStatus[word] != nil {
			continue
		}
		e, err := p.ask(p.to(p.contract.operation(opList), 0, pair{"status", word}))
		if err != nil {
			return err
		}
		if _, isArray := e.object()["data"].([]any); !isArray && (e.request.op.succeeds(e.status) || e.status == 404) { // a refused word is LIST-STATUS-WORDS
			p.fail(Finding{Text: "a list under status=" + word + " is no array", Expected: "200 and an array in data", Actual: e.result(), Pointer: "/data"}, e)
		}
	}
	return nil
}
