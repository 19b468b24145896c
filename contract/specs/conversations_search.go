package specs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

func searches() Specs {
	return Describe("search", Operation(document.ListConversations),
		It("a part of a name finds the conversation", Requirement("LIST-SEARCH-NAME"), asked(checkSearchName)),
		It("an Arabic name finds the conversation", Requirement("LIST-SEARCH-ARABIC"), asked(checkSearchArabic)),
		It("a whole phone number finds the conversation", Requirement("LIST-SEARCH-PHONE"), asked(checkSearchPhone)),
		It("any part of a phone number finds the conversation", Requirement("LIST-SEARCH-PHONE-PART"), asked(checkSearchPhonePart)),
		It("the case of Latin letters does not matter", Requirement("LIST-SEARCH-CASE"), asked(checkSearchCase)),
		It("special characters stand for themselves", Requirement("LIST-SEARCH-LITERAL"), asked(checkSearchLiteral)),
		It("a search and a status together give what both give", Requirement("LIST-SEARCH-AND-STATUS"), asked(checkSearchAndStatus)),
		It("a search that nothing matches gives an empty array", Requirement("LIST-EMPTY"), asked(checkEmpty)),
	)
}

// subjects are rows of the unfiltered list that suit a search, chosen by the seed.
func (t *T) subjects(n int, suits func(r *exchange.Row) bool) []*exchange.Row {
	var out []*exchange.Row
	if t.Crawl.Before == nil {
		return nil
	}
	rows := t.Crawl.Before.Rows
	for _, i := range t.Rand.Perm(len(rows)) {
		if r := &rows[i]; suits(r) && len(out) < n {
			out = append(out, r)
		}
	}
	return out
}

// finds asks for each term and wants the row among those found, unless the answer is cut short.
func (t *T) finds(r *exchange.Row, terms ...string) error {
	for _, term := range terms {
		ask := func() (v views, err error) {
			if v.all, err = t.List(); err != nil {
				return v, err
			}
			v.some, err = t.List(exchange.Param("searchTerm", term))
			return v, err
		}
		found, err := t.List(exchange.Param("searchTerm", term))
		if err != nil {
			return err
		}
		err = run.CheckEventually(t.T, run.Relation[views]{
			First: views{all: t.Crawl.Before, some: found}, Ask: ask, Changed: viewsChanged,
			Judge: func(v views) []run.Breach {
				now := v.all.ByID[r.ID]
				if now == nil || !t.mustFind(now, term) || v.some.Has(r.ID) || t.Crawl.CutList(v.some) {
					return nil
				}
				return []run.Breach{{Key: strconv.FormatInt(r.ID, 10), Finding: judge.Finding{
					Text:     fmt.Sprintf("a search for %q does not find conversation %d, name %s, phone %s", term, r.ID, exchange.Shown(now.Name), now.Phone),
					Expected: fmt.Sprintf("a row with the id %d", r.ID), Actual: fmt.Sprintf("%d other rows", len(v.some.Rows)), Pointer: "/data",
				}, Exchanges: []*exchange.Exchange{v.all.From, v.some.From}}}
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mustFind is mustContain, with the letters that are written one for another where the target is said to fold them.
func (t *T) mustFind(r *exchange.Row, term string) bool {
	return judge.MustContain(r, term) || t.Config.SearchFolding == run.SearchFoldingArabic && r.Name != nil && strings.Contains(judge.FoldArabic(*r.Name), judge.FoldArabic(term))
}

func named(r *exchange.Row) bool {
	return r.Name != nil && len([]rune(strings.TrimSpace(*r.Name))) >= 4
}

func checkSearchName(t *T) error {
	rows := t.subjects(3, named)
	if len(rows) == 0 {
		return run.Lacks("a conversation whose name has four characters")
	}
	for _, r := range rows {
		if err := t.finds(r, append(judge.Parts(*r.Name), strings.TrimSpace(*r.Name))...); err != nil {
			return err
		}
	}
	return nil
}

func checkSearchArabic(t *T) error {
	rows := t.subjects(2, func(r *exchange.Row) bool { return named(r) && judge.HasArabic(*r.Name) })
	if len(rows) == 0 {
		return run.Lacks("a conversation with an Arabic name")
	}
	for _, r := range rows {
		terms := []string{strings.TrimSpace(*r.Name)}
		if pieces := judge.Parts(*r.Name); len(pieces) > 1 && judge.HasArabic(pieces[1]) {
			terms = append(terms, pieces[1])
		}
		if t.Config.SearchFolding == run.SearchFoldingArabic {
			terms = append(terms, strings.TrimSpace(judge.FoldArabic(*r.Name)))
		}
		if err := t.finds(r, terms...); err != nil {
			return err
		}
	}
	return nil
}

func checkSearchPhone(t *T) error {
	rows := t.subjects(2, func(r *exchange.Row) bool { return r.Phone != "" })
	if len(rows) == 0 {
		return run.Lacks("a conversation with a phone")
	}
	for _, r := range rows {
		if err := t.finds(r, r.Phone); err != nil {
			return err
		}
	}
	return nil
}

func checkSearchPhonePart(t *T) error {
	rows := t.subjects(2, func(r *exchange.Row) bool { return len(r.Phone) >= 8 })
	if len(rows) == 0 {
		return run.Lacks("a conversation whose phone has eight digits")
	}
	for _, r := range rows {
		n := len(r.Phone)
		if err := t.finds(r, r.Phone[:n-3], r.Phone[3:n-2], r.Phone[n-5:]); err != nil {
			return err
		}
	}
	return nil
}

// checkSearchCase wants the same rows for a term in small and in capital letters, and the row it was taken from among them.
func checkSearchCase(t *T) error {
	rows := t.subjects(2, func(r *exchange.Row) bool { return named(r) && judge.HasLatin(*r.Name) && !judge.HasArabic(*r.Name) })
	if len(rows) == 0 {
		return run.Lacks("a conversation with a Latin name")
	}
	for _, r := range rows {
		name := strings.TrimSpace(*r.Name)
		if err := t.finds(r, strings.ToLower(name), strings.ToUpper(name), swapCase(name)); err != nil {
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
func checkSearchLiteral(t *T) error {
	rows := t.subjects(1, func(r *exchange.Row) bool { return len(r.Phone) >= 6 })
	if len(rows) == 0 {
		return run.Lacks("a conversation with a phone")
	}
	phone := rows[0].Phone
	n := len(phone)
	for _, term := range []string{"%", "_", "*", "(", ".", "[", "\\", phone[:2] + "%" + phone[n-2:], phone[:3] + "_" + phone[4:], phone[:2] + ".*" + phone[n-2:], phone[:3] + "*"} {
		found, err := t.List(exchange.Param("searchTerm", term))
		if err != nil {
			return err
		}
		for i := range found.Rows {
			if r := &found.Rows[i]; !judge.ContainsTerm(r, term) {
				t.Fail(judge.Finding{
					Text:     fmt.Sprintf("a search for %q finds conversation %d, name %s, phone %s", term, r.ID, exchange.Shown(r.Name), r.Phone),
					Expected: "only rows that contain these characters", Actual: fmt.Sprintf("%d rows", len(found.Rows)), Pointer: r.Pointer,
				}, found.From)
				break
			}
		}
	}
	return nil
}

// checkSearchAndStatus compares the answer to a term and a status with what each of them gives alone.
func checkSearchAndStatus(t *T) error {
	if err := t.needsList(); err != nil {
		return err
	}
	word, term := t.combination()
	if word == "" {
		return run.Lacks("a status with rows, and a term that only some rows contain")
	}
	ask := func() (v views, err error) {
		if v.all, err = t.List(exchange.Param("searchTerm", term)); err != nil {
			return v, err
		}
		if v.some, err = t.List(exchange.Param("status", word)); err != nil {
			return v, err
		}
		v.more, err = t.List(exchange.Param("searchTerm", term), exchange.Param("status", word))
		return v, err
	}
	first, err := ask()
	if err != nil {
		return err
	}
	return run.CheckEventually(t.T, run.Relation[views]{First: first, Ask: ask, Changed: viewsChanged, Judge: func(v views) (out []run.Breach) {
		if t.Crawl.CutList(v.all) || t.Crawl.CutList(v.some) || t.Crawl.CutList(v.more) {
			return nil
		}
		for _, id := range slices.Concat(v.all.Ids(), v.some.Ids(), v.more.Ids()) {
			if both := v.all.Has(id) && v.some.Has(id); both != v.more.Has(id) {
				expected, actual := "it is found", "it is not"
				if !both {
					expected, actual = "it is not found, since one of the two does not find it alone", "it is found"
				}
				out = append(out, run.Breach{Key: strconv.FormatInt(id, 10), Finding: judge.Finding{
					Text: fmt.Sprintf("conversation %d under searchTerm=%q and status=%s together", id, term, word), Expected: expected, Actual: actual, Pointer: "/data",
				}, Exchanges: []*exchange.Exchange{v.all.From, v.some.From, v.more.From}})
			}
		}
		return out
	}})
}

// combination chooses a status and a term, so that some rows fit both, some one of them, and some neither, as far as the data allows.
func (t *T) combination() (word, term string) {
	best := -1
	for _, w := range t.Crawl.Words {
		view := t.Crawl.ByStatus[w]
		if view == nil || len(view.Rows) == 0 {
			continue
		}
		for _, i := range t.Rand.Perm(len(view.Rows))[:min(4, len(view.Rows))] {
			phone := view.Rows[i].Phone
			for _, from := range []int{len(phone) - 2, len(phone) - 1} {
				if from < 0 {
					continue
				}
				inside, outside := 0, 0
				for id, r := range t.Crawl.Known {
					switch fits := judge.ContainsTerm(r, phone[from:]); {
					case fits && view.Has(id):
						inside++
					case fits:
						outside++
					}
				}
				if score := 2*min(inside, 3) + 2*min(outside, 3) + min(len(view.Rows)-inside, 3); score > best {
					best, word, term = score, w, phone[from:]
				}
			}
		}
	}
	return word, term
}

// checkEmpty searches for what occurs nowhere: letters, and digits in no phone.
func checkEmpty(t *T) error {
	terms := []string{"zqxjwvk" + strconv.Itoa(t.Rand.IntN(1e6)), "ظظژگ" + strconv.Itoa(t.Rand.IntN(1e6))}
	for range 20 {
		digits := fmt.Sprintf("%012d", t.Rand.Int64N(1e12))
		if t.Crawl.Problem == nil && !slices.ContainsFunc(t.Crawl.Before.Rows, func(r exchange.Row) bool { return strings.Contains(r.Phone, digits) }) {
			terms = append(terms, digits)
			break
		}
	}
	for _, term := range terms {
		r := t.To(t.Document.Operation(document.ListConversations), 0, exchange.Param("searchTerm", term))
		e, err := t.Ask(r)
		if err != nil {
			return err
		}
		rows, isArray := e.Object()["data"].([]any)
		if !e.Request.Op.Succeeds(e.Status) || !isArray || len(rows) > 0 {
			actual := e.Result()
			if e.Request.Op.Succeeds(e.Status) {
				actual = "data is " + printable.Brief(e.Object()["data"])
			}
			t.Fail(judge.Finding{Text: fmt.Sprintf("a search for %q, which occurs nowhere", term), Expected: "200 and an empty array in data", Actual: actual, Pointer: "/data"}, e)
		}
	}
	for _, word := range t.Crawl.Words {
		if t.Crawl.ByStatus[word] != nil {
			continue
		}
		e, err := t.Ask(t.To(t.Document.Operation(document.ListConversations), 0, exchange.Param("status", word)))
		if err != nil {
			return err
		}
		if _, isArray := e.Object()["data"].([]any); !isArray && (e.Request.Op.Succeeds(e.Status) || e.Status == 404) { // a refused word is LIST-STATUS-WORDS
			t.Fail(judge.Finding{Text: "a list under status=" + word + " is no array", Expected: "200 and an array in data", Actual: e.Result(), Pointer: "/data"}, e)
		}
	}
	return nil
}
