package run

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/judge"
)

// A Baseline is the known results, and the version of the contract that they were written for.
type Baseline struct {
	Contract string        `yaml:"contract,omitempty"` // "" for any
	Known    []judge.Known `yaml:"known"`
}

// ReadBaseline reads a baseline in YAML (or JSON): a list of known results, or an object with contract and known.
func ReadBaseline(data []byte) (Baseline, error) {
	var b Baseline
	var tree yaml.Node
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return Baseline{}, errors.New("it is no valid YAML: " + inPlainWords(err))
	}
	if len(tree.Content) == 0 {
		return Baseline{}, errors.New("the file is empty: a baseline without entries is []")
	}
	var into any = &b
	if tree.Content[0].Kind == yaml.SequenceNode {
		into = &b.Known
	}
	if err := decodeStrictly(data, into); err != nil {
		return Baseline{}, fmt.Errorf("a baseline is a list of id, reason and expires: %s", inPlainWords(err))
	}
	return b, nil
}

func decodeStrictly(data []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	return decoder.Decode(into)
}

// ofLibrary are the words of the library's errors that say nothing to a reader, and what they mean.
var ofLibrary = regexp.MustCompile(`^yaml: |construct errors: |cannot construct (!!\S+)( ` + "`[^`]*`" + `)? into (\S+)| not found in type \S+`)

var ofLine = regexp.MustCompile(` ?line [0-9]+: `)

// inPlainWords is an error of the library in one line and plain words: of many, the first.
func inPlainWords(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if lines := ofLine.FindAllStringIndex(text, 2); len(lines) == 2 {
		text = text[:lines[1][0]]
	}
	return ofLibrary.ReplaceAllStringFunc(text, func(words string) string {
		switch {
		case strings.HasPrefix(words, "cannot construct"):
			parts := ofLibrary.FindStringSubmatch(words)
			return strings.TrimSpace("this is no entry, and no list of entries:" + cmp.Or(parts[2], " "+parts[1]))
		case strings.HasPrefix(words, " not found"):
			return " is not known; an entry has id, operation, status, pointer, outcome, reason and expires"
		}
		return ""
	})
}

func (s *Session) checkBaseline() error {
	if of := s.Config.Baseline.Contract; of != "" && of != s.Document.Version {
		return Usage("the baseline is for version %s of the contract, and %s is version %s: look through its entries and change its version, or write it anew (--write-baseline)", of, s.Document.Name, s.Document.Version)
	}
	for i, k := range s.Config.Baseline.Known {
		if k.ID == "" || k.Reason == "" {
			return Usage("entry %d of the baseline needs an id and a reason", i+1)
		}
		if _, err := time.Parse(time.DateOnly, k.Expires); err != nil {
			return Usage("%s in the baseline: expires must be a day such as 2026-12-31, not %q", k.ID, k.Expires)
		}
		if !slices.Contains(s.knownIDs(), k.ID) {
			return Usage("the baseline has %q, which is no requirement or case of %s: take it out, or correct it%s", k.ID, s.Document.Name, Suggestion(k.ID, s.knownIDs()))
		}
		if err := s.checkNarrowed(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) checkNarrowed(k judge.Known) error {
	switch {
	case k.Outcome != "" && k.Outcome != judge.Fail && k.Outcome != judge.Unverified:
		return Usage("%s in the baseline: outcome is %s or %s, not %q", k.ID, judge.Fail, judge.Unverified, k.Outcome)
	case k.Outcome == judge.Unverified && (k.Operation != "" || k.Status != 0 || k.Pointer != ""):
		return Usage("%s in the baseline: an %s case has no answer, so it takes no operation, status or pointer", k.ID, judge.Unverified)
	case k.Pointer != "" && !strings.HasPrefix(k.Pointer, "/"):
		return Usage("%s in the baseline: pointer must be a JSON pointer such as /data/*/phone, not %q", k.ID, k.Pointer)
	case k.Operation != "":
		return oneOf("operation of the contract", k.Operation, s.Document.OperationIDs()...)
	}
	return nil
}

func names(k *judge.Known, c *Case) bool { return k.ID == c.ID || k.ID == c.Requirement }

// covers reports whether an entry of the baseline is about a finding of the case.
func covers(k *judge.Known, c *Case, f *judge.Finding) bool {
	return names(k, c) && k.Outcome != judge.Unverified &&
		(k.Operation == "" || k.Operation == f.Operation) && (k.Status == 0 || k.Status == f.Status) && (k.Pointer == "" || judge.SamePlace(k.Pointer, f.Pointer))
}

// knownFinding finds the entry of the baseline that covers a finding; one that has not expired is preferred.
func (s *Session) knownFinding(c *Case, f *judge.Finding) (expired *judge.Known) {
	for i := range s.Config.Baseline.Known {
		k := &s.Config.Baseline.Known[i]
		switch {
		case !covers(k, c, f):
		case !k.Expired(s.Began):
			return k
		case expired == nil:
			expired = k
		}
	}
	return expired
}

// known finds the entry of the baseline for a result: an entry for UNVERIFIED, or one that covers a finding if each of the findings is covered.
func (s *Session) known(c *Case, r *CaseResult) *judge.Known {
	if r.Outcome == judge.Unverified {
		i := slices.IndexFunc(s.Config.Baseline.Known, func(k judge.Known) bool { return names(&k, c) && k.Outcome == judge.Unverified })
		if i < 0 {
			return nil
		}
		return &s.Config.Baseline.Known[i]
	}
	var found *judge.Known
	for i := range r.Findings {
		k := r.Findings[i].Known
		if k == nil {
			return nil
		}
		if found == nil || k.Expired(s.Began) {
			found = k
		}
	}
	return found
}

// fixed reports whether the cases of an entry were checked, and no finding is covered by the entry any more.
func (s *Session) fixed(k *judge.Known, cases []CaseResult) bool {
	checked := false
	for i := range cases {
		c := &cases[i]
		if c.ID != k.ID && c.Requirement != k.ID || k.Operation != "" && c.Operation != "" && k.Operation != c.Operation {
			continue
		}
		if c.Outcome == judge.Unverified || c.Outcome == judge.Error || slices.ContainsFunc(c.Findings, func(f judge.Finding) bool { return f.Known != nil && *f.Known == *k }) {
			return false
		}
		checked = checked || c.Outcome != judge.Skipped
	}
	return checked && k.Outcome != judge.Unverified
}

// Excused reports whether the baseline accepts the result at a time: the entry covers all of it, and its last day has not passed.
func (r *CaseResult) Excused(now time.Time) bool { return r.Known != nil && !r.Known.Expired(now) }

// newFirst puts the findings that no entry of the baseline covers before the others, and breaches of a MUST before warnings.
func (r *CaseResult) newFirst() {
	rank := func(f judge.Finding) (out int) {
		if f.Known != nil {
			out += 2
		}
		if f.Level == document.Should {
			out++
		}
		return out
	}
	slices.SortStableFunc(r.Findings, func(a, b judge.Finding) int { return rank(a) - rank(b) })
}

// outOfDate are messages about the entries of the baseline whose requirement holds now.
func (s *Session) outOfDate(cases []CaseResult) (out []string) {
	for i := range s.Config.Baseline.Known {
		if k := &s.Config.Baseline.Known[i]; s.fixed(k, cases) {
			out = append(out, fmt.Sprintf("%s holds now: take it out of the baseline", k))
		}
	}
	return out
}
