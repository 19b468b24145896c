package judge

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// A Known result is an entry of the baseline: a case that fails or cannot be checked, the reason, and the last day on which that is accepted. With Operation,
// Status and Pointer it covers only findings in answers of that operation, with that status, at that place.
type Known struct {
	ID        string  `json:"id" yaml:"id"`                                   // of a requirement or a case
	Operation string  `json:"operation,omitempty" yaml:"operation,omitempty"` // an operationId
	Status    int     `json:"status,omitempty" yaml:"status,omitempty"`       // of the answer
	Pointer   string  `json:"pointer,omitempty" yaml:"pointer,omitempty"`     // JSON pointer in the answer; * is any index, as in /data/*/phone
	Outcome   Outcome `json:"outcome,omitempty" yaml:"outcome,omitempty"`     // FAIL or UNVERIFIED; "" means FAIL
	Reason    string  `json:"reason" yaml:"reason"`
	Expires   string  `json:"expires" yaml:"expires"` // the last day, as 2026-12-31
}

// Expired reports whether the last day of an entry (in UTC) has passed: then its failure counts again.
func (k *Known) Expired(now time.Time) bool {
	day, err := time.Parse(time.DateOnly, k.Expires)
	return err != nil || now.After(day.AddDate(0, 0, 1))
}

// SamePlace compares JSON pointers step by step; * in the first is any index of the second.
func SamePlace(pattern, pointer string) bool {
	return slices.EqualFunc(strings.Split(pattern, "/"), strings.Split(pointer, "/"), func(want, got string) bool {
		return want == got || want == "*" && digits.FindString(got) == got
	})
}

func (k *Known) equal(other *Known) bool {
	return k == other || k != nil && other != nil && *k == *other
}

// String is what an entry is about, in a few words.
func (k *Known) String() string {
	text := k.ID
	for _, part := range []string{k.Operation, statusOrNone(k.Status), k.Pointer} {
		if part != "" {
			text += " " + part
		}
	}
	return text
}

func statusOrNone(status int) string {
	if status == 0 {
		return ""
	}
	return strconv.Itoa(status)
}

// An Outcome is the result of a case. Outcomes are never mixed: a skipped case is not a passed one.
type Outcome string

// The outcomes.
const (
	Pass       Outcome = "PASS"
	Fail       Outcome = "FAIL"
	Warn       Outcome = "WARN"       // a SHOULD does not hold
	Skipped    Outcome = "SKIPPED"    // a capability is not claimed, or the profile forbids it
	Unverified Outcome = "UNVERIFIED" // the target's data, or the request budget, was not enough to check it
	Error      Outcome = "ERROR"      // the suite or the network failed
)

// A Finding is one breach of a requirement.
type Finding struct {
	Requirement string            `json:"requirement"`
	Level       string            `json:"level"`
	Text        string            `json:"text"`     // what is wrong
	Expected    string            `json:"expected"` // what should have been
	Actual      string            `json:"actual"`
	Operation   string            `json:"operation,omitempty"` // of the last exchange
	Status      int               `json:"status,omitempty"`    // of its answer, 0: none
	Pointer     string            `json:"pointer,omitempty"`   // JSON pointer in the body of the last exchange
	Contract    document.Place    `json:"contract"`            // where the contract says so
	Exchanges   []exchange.Report `json:"exchanges,omitempty"`
	Known       *Known            `json:"known,omitempty"` // the entry of the baseline that covers it
	Rerun       string            `json:"rerun"`           // the command that checks this again

	Recorded []*exchange.Exchange `json:"-"`
}

const FindingsKept = 5 // how many findings of a case a report has

// Keep adds a finding to a list, unless the list has a similar one, or FindingsKept. It reports whether it added the finding. Findings that the baseline covers
// and others are counted separately, and so are warnings.
func Keep(list *[]Finding, f Finding) bool {
	room := FindingsKept
	for _, other := range *list {
		if f.isSameBreach(other) {
			return false
		}
		if f.Known.equal(other.Known) && f.Level == other.Level {
			room--
		}
	}
	if room <= 0 {
		return false
	}
	*list = append(*list, f)
	return true
}

// isSameBreach reports whether two findings are the same breach in two rows of a body, or in two bodies.
func (f *Finding) isSameBreach(other Finding) bool {
	anyIndex := func(pointer string) string { return digits.ReplaceAllString(pointer, "0") }
	return f.Text == other.Text && f.Expected == other.Expected && f.Contract == other.Contract && anyIndex(f.Pointer) == anyIndex(other.Pointer) &&
		f.Operation == other.Operation && f.Status == other.Status && f.Known.equal(other.Known)
}

var digits = regexp.MustCompile(`[0-9]+`)
