package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CollectionRules say how the records of one collection are read, found and ordered. They are made of the document in force and
// do not change.
type CollectionRules struct {
	Name string
	// Read reads the text of a record. The error says why the text is no record of the collection.
	Read func(text RecordText) (Record, error)
	// Seed gives the records that the collection begins with.
	Seed       func(Beginning) ([]Record, error)
	Properties []string   // what can be filtered by, in the order of Record.Values
	Unique     []string   // what no two records have in common, in the order of Record.Unique
	Descending bool       // the greatest Order comes first
	Customers  *Customers // nil: its records are no customers
	References []Reference
	// Lazy collections make the records that they begin with when they are first asked for: they follow from the conversations, which
	// may be very many.
	Lazy bool
}

// A Beginning is what the records that a workspace begins with may follow from. It must not be changed.
type Beginning struct {
	Start         time.Time      // what the workspace's clock shows
	Conversations []Conversation // by id
}

// RecordText is a record as text. What is in it is known to CollectionRules only.
type RecordText []byte

// MarshalJSON puts the text into an event unchanged, so that the domain need not know JSON.
func (t RecordText) MarshalJSON() ([]byte, error) { return t, nil }

// UnmarshalJSON keeps the text of an event unchanged.
func (t *RecordText) UnmarshalJSON(text []byte) error {
	*t = append((*t)[:0], text...)
	return nil
}

// A Record is one record of a collection, with what finding it needs. It never changes once it is published.
type Record struct {
	ID   string
	Text RecordText
	// Texts that compare as their values do; "" is nothing.
	Key    string   // of the id
	Order  string   // of what the list is ordered by
	Values []string // of CollectionRules.Properties; not kept
	Unique []string // of CollectionRules.Unique
	Search []string // the texts that a search looks at; not kept

	// Rendered is a place to keep the row of a list.
	Rendered *Cache

	search string // Search, ready to be searched
	values string // Values behind one another, each with its length before it
	seeded bool
}

// A collection is the records of one collection, in the order of its list.
type collection struct {
	rules  *CollectionRules
	arabic bool // texts are folded as foldArabic does
	byID   map[string]*Record
	rows   rows[recordRow]
	unique []map[string]string // ids by value, for each of CollectionRules.Unique
	last   int64               // the greatest whole number that has been an id

	lazy lazyRecords
}

func newCollection(rules *CollectionRules, arabic bool) *collection {
	c := &collection{rules: rules, arabic: arabic, byID: map[string]*Record{}, rows: rows[recordRow]{compare: rules.inOrder}}
	c.unique = make([]map[string]string, len(rules.Unique))
	for i := range c.unique {
		c.unique[i] = map[string]string{}
	}
	return c
}

// A SameError says that two records of a collection have the same value of a property that is to be different in each. Property "": it
// is the id.
type SameError struct{ Collection, Property, First, Second string }

func (e *SameError) Error() string {
	if e.Property == "" {
		return fmt.Sprintf("two records of %s have the id %s", e.Collection, e.First)
	}
	return fmt.Sprintf("the records %s and %s of %s have the same %s", e.First, e.Second, e.Collection, e.Property)
}

// fill puts many records into an empty collection. They come in blocks, so that no copy of all of them is ever made.
func (c *collection) fill(blocks ...[]Record) error {
	count := 0
	for _, records := range blocks {
		count += len(records)
	}
	c.byID = make(map[string]*Record, count)
	for u := range c.unique {
		c.unique[u] = make(map[string]string, count)
	}
	for _, records := range blocks {
		caches := make([]Cache, len(records))
		for i := range records {
			r := &records[i]
			if c.byID[r.ID] != nil {
				return &SameError{c.rules.Name, "", r.ID, r.ID}
			}
			for u, value := range r.Unique {
				if owner, taken := c.unique[u][value]; taken && value != "" {
					return &SameError{c.rules.Name, c.rules.Unique[u], owner, r.ID}
				}
			}
			r.Rendered = &caches[i]
			c.index(r)
		}
	}
	c.fillRows(count, blocks)
	return nil
}

// index makes a record ready to be found.
func (c *collection) index(r *Record) {
	r.fold(c.arabic)
	if r.Rendered == nil {
		r.Rendered = new(Cache)
	}
	c.byID[r.ID] = r
	for i, value := range r.Unique {
		if value != "" {
			c.unique[i][value] = r.ID
		}
	}
	c.last = max(c.last, wholeID(r.ID))
}

// put puts a record into its place; the one with its id goes.
func (c *collection) put(r *Record) {
	c.remove(r.ID)
	c.index(r)
	c.rows.insert(newRecordRow(r))
}

// remove removes a record, if it is there.
func (c *collection) remove(id string) {
	old := c.byID[id]
	if old == nil {
		return
	}
	delete(c.byID, id)
	row := newRecordRow(old)
	c.rows.remove(&row)
	for i, value := range old.Unique {
		if c.unique[i][value] == id {
			delete(c.unique[i], value)
		}
	}
}

// apart separates the texts of a record that are searched: no search term has this byte.
const apart = "\xff"

// Fold makes of a record's texts and values what is searched and compared, which takes less memory, if that has not been done.
func (w *Workspace) Fold(r *Record) { r.fold(w.FoldArabic) }

func (r *Record) fold(arabic bool) {
	if r.search == "" {
		r.search, r.values = searchable(r.Search, arabic), pack(r.Values)
		r.Search, r.Values = nil, nil
	}
}

// searchable is the text that a term is looked for in: the digits of what can be meant as a phone number, and the folded texts.
func searchable(texts []string, arabic bool) string {
	var phones, folded []string
	for _, text := range texts {
		if digits, ok := phoneDigits(text); ok {
			phones = append(phones, digits)
		}
		folded = append(folded, fold(text, arabic))
	}
	return strings.Join(phones, apart) + "\x00" + strings.Join(folded, apart)
}

// wholeID is an id as a whole number, 0 if it is none.
func wholeID(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// A RecordFilter keeps records by a property. Operator is "=", ">=" or "<="; Value compares as Record.Values do.
type RecordFilter struct{ Property, Operator, Value string }

// A RecordQuery chooses records of a collection.
type RecordQuery struct {
	Collection string
	Filters    []RecordFilter // all have to hold
	Term       string         // of a search; "" matches all
	Page       int64          // from 1
	Limit      int64          // of a page; 0: there is one page with all of them
}

// A RecordPage is one page of the records that a query chooses.
type RecordPage struct {
	Records []*Record
	Total   int // on all pages
}

// Records gives a page of a collection.
func (w *Workspace) Records(q RecordQuery) (RecordPage, error) {
	w.Load(q.Collection)
	_, unlock := w.read()
	defer unlock()
	c, err := w.state.collection(q.Collection)
	if err != nil {
		return RecordPage{}, err
	}
	t := newTerm(q.Term, w.FoldArabic)
	if len(q.Filters) == 0 && t.text == "" && !t.never {
		page := RecordPage{Total: c.rows.count}
		from, count := q.window(page.Total)
		page.Records = c.slice(from, count)
		return page, nil
	}
	keep, err := c.matcher(q.Filters, t)
	if err != nil {
		return RecordPage{}, err
	}
	return c.found(&q, keep), nil
}

// found is a page of the records that keep keeps. Only those of the page are gathered.
func (c *collection) found(q *RecordQuery, keep func(*recordRow) bool) RecordPage {
	from, count := q.window(c.rows.count) // there are not more
	page := RecordPage{Records: make([]*Record, 0, min(count, 128))}
	for _, b := range c.rows.blocks {
		for i := range b {
			if !keep(&b[i]) {
				continue
			}
			if page.Total >= from && len(page.Records) < count {
				page.Records = append(page.Records, b[i].Record)
			}
			page.Total++
		}
	}
	return page
}

// window is where the page lies among so many records.
func (q *RecordQuery) window(total int) (from, count int) {
	if q.Limit < 1 {
		return 0, total
	}
	if q.Page > 1 && q.Page-1 > int64(total)/q.Limit {
		return total, 0
	}
	from = int((max(q.Page, 1) - 1) * q.Limit)
	return from, int(min(int64(total-from), q.Limit))
}

// matcher reports whether a record fits all filters and the term.
func (c *collection) matcher(filters []RecordFilter, t term) (func(*recordRow) bool, error) {
	places := make([]int, len(filters))
	for i, f := range filters {
		if places[i] = c.place(f.Property); places[i] < 0 {
			return nil, refuse(Unavailable, "", "The document is being changed; try again.")
		}
	}
	all := t.text == "" && !t.never
	return func(r *recordRow) bool {
		for i := range filters {
			if !filters[i].fits(unpack(r.values, places[i])) {
				return false
			}
		}
		return all || t.in(r.search)
	}, nil
}

// maxValue is how much of a value is compared.
const maxValue = 1<<16 - 1

// pack are texts behind one another, so that they lie side by side in memory.
func pack(values []string) string {
	var text strings.Builder
	for _, v := range values {
		v = v[:min(len(v), maxValue)]
		text.WriteByte(byte(len(v) >> 8))
		text.WriteByte(byte(len(v)))
		text.WriteString(v)
	}
	return text.String()
}

// unpack is the text at a place.
func unpack(text string, place int) string {
	for {
		end := 2 + int(text[0])<<8 + int(text[1])
		if place == 0 {
			return text[2:end]
		}
		text, place = text[end:], place-1
	}
}

func (c *collection) place(property string) int {
	for i, name := range c.rules.Properties {
		if name == property {
			return i
		}
	}
	return -1
}

func (f *RecordFilter) fits(value string) bool {
	switch {
	case value == "":
		return false
	case f.Operator == ">=":
		return value >= f.Value
	case f.Operator == "<=":
		return value <= f.Value
	default:
		return value == f.Value
	}
}

// Record is one record of a collection.
func (w *Workspace) Record(collection, id string) (*Record, error) {
	w.Load(collection)
	_, unlock := w.read()
	defer unlock()
	return w.state.record(collection, id)
}

func (s *state) collection(name string) (*collection, error) {
	if c := s.collections[name]; c != nil {
		return c, c.ready()
	}
	return nil, refuse(NotFound, "", "There is no collection %s.", name)
}

func (s *state) record(name, id string) (*Record, error) {
	c, err := s.collection(name)
	if err != nil {
		return nil, err
	}
	if r := c.byID[id]; r != nil {
		return r, nil
	}
	return nil, refuse(NotFound, "", "There is nothing with this id in %s of this workspace.", name)
}
