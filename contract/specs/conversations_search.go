package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

func searches() Specs {
	return Describe("search", Operation(document.ListConversations), termsThatFind(), termsThatDoNot())
}

func termsThatFind() Specs {
	return Describe("for a part of a row",
		It("finds a conversation by a part of its name", Requirement("LIST-SEARCH-NAME"), func(t *T) {
			for _, row := range t.rowsWith("a conversation whose name has four characters", 3, named) {
				t.expectFound(row, append(judge.Parts(*row.Name), strings.TrimSpace(*row.Name))...)
			}
		}),
		It("finds a conversation by its Arabic name", Requirement("LIST-SEARCH-ARABIC"), func(t *T) {
			for _, row := range t.rowsWith("a conversation with an Arabic name", 2, func(r *exchange.Row) bool { return named(r) && judge.HasArabic(*r.Name) }) {
				t.expectFound(row, t.arabicTerms(*row.Name)...)
			}
		}),
		It("finds a conversation by its whole phone number", Requirement("LIST-SEARCH-PHONE"), func(t *T) {
			for _, row := range t.rowsWith("a conversation with a phone", 2, func(r *exchange.Row) bool { return r.Phone != "" }) {
				t.expectFound(row, row.Phone)
			}
		}),
		It("finds a conversation by any part of its phone number", Requirement("LIST-SEARCH-PHONE-PART"), func(t *T) {
			for _, row := range t.rowsWith("a conversation whose phone has eight digits", 2, func(r *exchange.Row) bool { return len(r.Phone) >= 8 }) {
				n := len(row.Phone)
				t.expectFound(row, row.Phone[:n-3], row.Phone[3:n-2], row.Phone[n-5:])
			}
		}),
		It("finds a conversation by its Latin name in upper and lower case", Requirement("LIST-SEARCH-CASE"), func(t *T) {
			for _, row := range t.rowsWith("a conversation with a Latin name", 2, func(r *exchange.Row) bool { return named(r) && judge.HasLatin(*r.Name) && !judge.HasArabic(*r.Name) }) {
				name := strings.TrimSpace(*row.Name)
				t.expectFound(row, strings.ToLower(name), strings.ToUpper(name), swapCase(name))
			}
		}),
	)
}

func termsThatDoNot() Specs {
	return Describe("with filters, special characters and no result",
		It("searches for special characters as ordinary characters", Requirement("LIST-SEARCH-LITERAL"), func(t *T) {
			row := t.rowsWith("a conversation with a phone", 1, func(r *exchange.Row) bool { return len(r.Phone) >= 6 })[0]
			for _, term := range patterns(row.Phone) {
				t.Check(t.list(searchFor(term))).To(match.ContainOnly(term))
			}
		}),
		It("finds the conversations that fit both a search term and a status", Requirement("LIST-SEARCH-AND-STATUS"), func(t *T) {
			t.wholeList()
			word, term := t.statusAndTerm()
			if word == "" {
				t.Lacks("a status with rows, and a term that only some rows contain")
			}
			lists := []*exchange.List{t.list(searchFor(term)), t.list(withStatus(word)), t.list(searchFor(term), withStatus(word))}
			t.compareLists(lists, func(r *run.Round, now []*exchange.List) {
				if !slices.ContainsFunc(now, t.Crawl().CutList) {
					expectBoth(r, now[0], now[1], now[2])
				}
			})
		}),
		It("answers a search that finds nothing with an empty array", Requirement("LIST-EMPTY"), func(t *T) {
			for _, term := range t.termsOfNone() {
				e := t.answer(t.listRequest(searchFor(term)))
				if e.Unreadable() { // HTTP-COMPLETE or JSON-ONE-VALUE is about that
					t.Lacks("JSON that can be read in the answer to %s", e)
				}
				t.Check(e).To(match.HaveNoRows(), "a search for %q, which occurs nowhere, has a result", term)
			}
			for _, word := range t.Crawl().Words {
				if t.Crawl().ByStatus[word] != nil {
					continue
				}
				e := t.answer(t.listRequest(withStatus(word)))
				if e.Request.Op.Succeeds(e.Status) || e.Status == http.StatusNotFound { // LIST-STATUS-WORDS reports a word that is refused
					t.Check(e).To(match.HaveArray("/data"), "a list under status=%s is no array", word)
				}
			}
		}),
	)
}

// rowsWith are at most n rows of the whole list for which fits is true, chosen by the seed. If there is none, the case ends as UNVERIFIED: it lacks what
// lacking says.
func (t *T) rowsWith(lacking string, n int, fits func(r *exchange.Row) bool) []*exchange.Row {
	var out []*exchange.Row
	if all := t.Crawl().Before; all != nil {
		for _, i := range t.Rand.Perm(len(all.Rows)) {
			if row := &all.Rows[i]; len(out) < n && fits(row) {
				out = append(out, row)
			}
		}
	}
	if len(out) == 0 {
		t.Lacks("%s", lacking)
	}
	return out
}

// expectFound expects each term to find the row.
func (t *T) expectFound(row *exchange.Row, terms ...string) {
	for _, term := range terms {
		t.compareLists([]*exchange.List{t.Crawl().Before, t.list(searchFor(term))}, func(r *run.Round, now []*exchange.List) {
			all, found := now[0], now[1]
			current := all.ByID[row.ID]
			if current == nil || !t.mustFind(current, term) || t.Crawl().CutList(found) {
				return
			}
			r.For(row.ID, all.From).Check(found).To(match.ContainRow(row.ID), "a search for %q does not find conversation %d, name %s, phone %s", term, row.ID, exchange.Shown(current.Name), current.Phone)
		})
	}
}

// mustFind reports whether a search for a term must find a row: the row contains the term or, with --search-folding arabic, contains it once similar
// Arabic letters are taken for the same letter.
func (t *T) mustFind(row *exchange.Row, term string) bool {
	folds := t.Config.SearchFolding == run.SearchFoldingArabic && row.Name != nil
	return judge.MustContain(row, term) || folds && strings.Contains(judge.FoldArabic(*row.Name), judge.FoldArabic(term))
}

// expectBoth expects a search with a status to find exactly the rows that both the search alone and the status alone find.
func expectBoth(r *run.Round, bySearch, byStatus, byBoth *exchange.List) {
	for _, id := range slices.Concat(bySearch.Ids(), byStatus.Ids(), byBoth.Ids()) {
		check := r.For(id, bySearch.From, byStatus.From).Check(byBoth)
		if bySearch.Has(id) && byStatus.Has(id) {
			check.To(match.ContainRow(id), "searchTerm=%q and status=%s find conversation %d, but not together", byBoth.Term, byBoth.Status, id)
		} else {
			check.NotTo(match.ContainRow(id), "searchTerm=%q and status=%s together find conversation %d, but one of them does not find it alone", byBoth.Term, byBoth.Status, id)
		}
	}
}

func named(r *exchange.Row) bool {
	return r.Name != nil && len([]rune(strings.TrimSpace(*r.Name))) >= 4
}

// arabicTerms are terms that must find an Arabic name.
func (t *T) arabicTerms(name string) []string {
	terms := []string{strings.TrimSpace(name)}
	if parts := judge.Parts(name); len(parts) > 1 && judge.HasArabic(parts[1]) {
		terms = append(terms, parts[1])
	}
	if t.Config.SearchFolding == run.SearchFoldingArabic {
		terms = append(terms, strings.TrimSpace(judge.FoldArabic(name)))
	}
	return terms
}

func swapCase(text string) string {
	return strings.Map(func(r rune) rune {
		if up := []rune(strings.ToUpper(string(r))); len(up) == 1 && up[0] != r {
			return up[0]
		}
		return []rune(strings.ToLower(string(r)))[0]
	}, text)
}

// patterns are terms with the special characters of SQL, globs and regular expressions. If a server takes them for patterns, some of them fit the phone.
func patterns(phone string) []string {
	n := len(phone)
	return []string{"%", "_", "*", "(", ".", "[", "\\", phone[:2] + "%" + phone[n-2:], phone[:3] + "_" + phone[4:], phone[:2] + ".*" + phone[n-2:], phone[:3] + "*"}
}

// termsOfNone are terms that no row contains: letters, and digits that are in no phone.
func (t *T) termsOfNone() []string {
	terms := []string{"zqxjwvk" + strconv.Itoa(t.Rand.IntN(1e6)), "ظظژگ" + strconv.Itoa(t.Rand.IntN(1e6))}
	if t.Crawl().Problem != nil {
		return terms
	}
	for range 20 {
		digits := fmt.Sprintf("%012d", t.Rand.Int64N(1e12))
		if !slices.ContainsFunc(t.Crawl().Before.Rows, func(r exchange.Row) bool { return strings.Contains(r.Phone, digits) }) {
			return append(terms, digits)
		}
	}
	return terms
}

// statusAndTerm chooses a status and a search term. As far as the data allows, some rows fit both, some fit only one of them, and some fit neither.
func (t *T) statusAndTerm() (status, term string) {
	best := -1
	for word, list := range t.listsByStatus() {
		for _, i := range t.Rand.Perm(len(list.Rows))[:min(4, len(list.Rows))] {
			phone := list.Rows[i].Phone
			for _, from := range []int{len(phone) - 2, len(phone) - 1} {
				if from < 0 {
					continue
				}
				inside, outside := 0, 0
				for id, row := range t.Crawl().Known {
					switch fits := judge.ContainsTerm(row, phone[from:]); {
					case fits && list.Has(id):
						inside++
					case fits:
						outside++
					}
				}
				if score := 2*min(inside, 3) + 2*min(outside, 3) + min(len(list.Rows)-inside, 3); score > best {
					best, status, term = score, word, phone[from:]
				}
			}
		}
	}
	return status, term
}
