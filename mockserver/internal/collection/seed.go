package collection

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// A SeedError says what is wrong with a record that a collection begins with, and where it is written.
type SeedError struct {
	Where, Collection string
	Err               error
}

func (e *SeedError) Error() string { return e.Where + ": " + e.Err.Error() }

func (e *SeedError) Unwrap() error { return e.Err }

// seed makes the records that the collection begins with.
func (r *Resource) seed(begin sandbox.Beginning) ([]sandbox.Record, error) {
	if r.Seeds == nil {
		return nil, nil
	}
	start := begin.Start
	seeds, err := r.Seeds(begin)
	if err != nil {
		return nil, err
	}
	last := int64(0)
	if r.Last != nil {
		last = r.Last(begin)
	}
	for i := range seeds {
		s := &seeds[i]
		if err := s.normalise(); err != nil {
			return nil, &SeedError{s.Where, r.Name, err}
		}
		n, _ := strconv.ParseInt(idText(s.Value[r.Key]), 10, 64)
		last = max(last, n)
	}
	list := make([]sandbox.Record, 0, len(seeds))
	owners := make([]map[string]string, len(r.unique))
	ids := map[string]string{}
	for _, s := range seeds {
		if s.Value[r.Key] == nil {
			last++
		}
		made, err := r.seedOne(s, last, start)
		if err != nil {
			return nil, &SeedError{s.Where, r.Name, err}
		}
		if other, taken := ids[made.ID]; taken {
			return nil, &SeedError{s.Where, r.Name, fmt.Errorf("%s %s is that of %s already", r.Key, made.ID, other)}
		}
		ids[made.ID] = s.Where
		for i, value := range made.Unique {
			if other, taken := owners[i][value]; taken && value != "" {
				return nil, &SeedError{s.Where, r.Name, fmt.Errorf("%s is that of %s already", r.unique[i].name, other)}
			}
			if owners[i] == nil {
				owners[i] = map[string]string{}
			}
			owners[i][value] = s.Where
		}
		list = append(list, made)
	}
	if r.Further == nil {
		return list, nil
	}
	for record := range r.Further(begin) {
		text, err := encode(record)
		if err != nil {
			return nil, err
		}
		made, err := r.read(text)
		if err != nil {
			return nil, &SeedError{"", r.Name, err}
		}
		list = append(list, made)
	}
	return list, nil
}

// seedOne makes a record of what is written: next is its id if none is.
func (r *Resource) seedOne(s Seed, next int64, start time.Time) (sandbox.Record, error) {
	record := Record{}
	for name, value := range s.Value {
		if !r.open && r.property(name) == nil && !slices.Contains(r.Stored, name) {
			return sandbox.Record{}, fmt.Errorf("%s is no property of %s; known are %s", name, r.Name, r.names())
		}
		record[name] = r.beforeStart(name, value, start)
	}
	if record[r.Key] == nil {
		if err := r.giveID(record, next); err != nil {
			return sandbox.Record{}, err
		}
	}
	r.stamp(record, start, true)
	return r.accept(record)
}

// normalise makes JSON of what was read from another form.
func (s *Seed) normalise() error {
	text, err := encode(s.Value)
	if err == nil {
		s.Value, err = Decode(text)
	}
	return err
}

// beforeStart reads "-2d" of a date or an instant: how long before the start.
func (r *Resource) beforeStart(name string, value any, start time.Time) any {
	text, _ := value.(string)
	p := r.property(name)
	if p == nil || forms[p.kind] == "" || r.Ago == nil {
		return value
	}
	if ago, ok := r.Ago(text); ok {
		return start.Add(-ago).UTC().Format(forms[p.kind])
	}
	return value
}

// forms are how instants and dates are written.
var forms = map[kind]string{instantKind: time.RFC3339, dateKind: time.DateOnly}

// giveID gives a new record its id: the number, or a text that is made of it.
func (r *Resource) giveID(record Record, number int64) error {
	if r.keyKind == integerKind {
		record[r.Key] = json.Number(strconv.FormatInt(number, 10))
		return nil
	}
	value, err := r.Invent(r.property(r.Key).schemas[0], r.Name, number, r.Key)
	if err != nil {
		return fmt.Errorf("property %s: %w", r.Key, err)
	}
	record[r.Key] = value
	return nil
}

// stamp writes the instants that the clock gives and the record does not have. A record that is changed gets another instant of
// its change.
func (r *Resource) stamp(record Record, now time.Time, created bool) {
	for _, p := range r.properties {
		if !p.stamped() || r.Computed[p.name] != nil {
			continue
		}
		if _, given := record[p.name]; !given || p.updated && !created {
			record[p.name] = now.UTC().Format(forms[p.kind])
		}
	}
}
