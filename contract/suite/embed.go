package suite

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// Register adds the specs to the Ginkgo suite that is being built. cfg.OnReport is called once, when that suite has run, also if Ginkgo runs it in several
// processes. Every spec has labels: the id and the level of its requirement, the operation and the capability. A mistake in cfg is returned, and also registered as
// a spec that fails, so that it cannot be overlooked.
func Register(cfg run.Config) error {
	s, err := newSession(cfg)
	if err == nil {
		err = s.ChecksSomething()
	}
	if err != nil {
		ginkgo.It("the contract suite is set up", func() { ginkgo.Fail(err.Error()) })
		return err
	}
	addSpecs(s)
	return nil
}

func addSpecs(s *run.Session) {
	ginkgo.Describe("the contract "+s.Document.Title, func() { addGroup(s, s.Selected, 0) })
	ginkgo.ReportAfterSuite("the contract report", func(all ginkgo.Report) {
		s.Close()
		s.Drain() // after --fail-fast, cases still run
		defer s.Disconnect()
		if all.SuiteConfig.DryRun {
			return
		}
		merge(s, all)
		s.WasInterrupted(wasInterrupted(all))
		report := s.Report()
		if s.StartErr != nil {
			report = run.UncheckedReport(s.Config, s.StartErr)
		}
		if s.Config.OnReport != nil {
			s.Config.OnReport(report)
		}
		if len(report.Late) > 0 {
			ginkgo.Fail("exchanges of the run break " + strings.Join(report.Late, ", "))
		}
	})
}

// wasInterrupted reports whether Ctrl-C or Ginkgo's time-out ended the suite, in whichever process.
func wasInterrupted(all ginkgo.Report) bool {
	return slices.Contains(all.SpecialSuiteFailureReasons, "Interrupted by User") || slices.Contains(all.SpecialSuiteFailureReasons, "Suite Timeout Elapsed")
}

// addGroup makes Ginkgo's containers and specs. The cases have the same groups above depth; neighbours with the same group at depth share a container.
func addGroup(s *run.Session, cases []*run.Case, depth int) {
	for len(cases) > 0 {
		c := cases[0]
		if len(c.Container) <= depth {
			addSpec(s, c)
			cases = cases[1:]
			continue
		}
		n := 1
		for n < len(cases) && len(cases[n].Container) > depth && cases[n].Container[depth] == c.Container[depth] {
			n++
		}
		group := cases[:n]
		ginkgo.Describe(c.Container[depth], func() { addGroup(s, group, depth+1) })
		cases = cases[n:]
	}
}

func addSpec(s *run.Session, c *run.Case) {
	args := []any{ginkgo.Label(s.Labels(c)...), func(ctx ginkgo.SpecContext) { spec(ctx, s, c) }}
	if c.Serial {
		args = append(args, ginkgo.Serial) // it judges or disturbs the others
	}
	ginkgo.It(c.ID+" "+c.Title, args...)
}

// spec is the body of every spec. The first one finds the target and starts all cases; each reports the result of its case. If Ginkgo interrupts a spec, as after
// Ctrl-C, the whole run ends.
func spec(ctx context.Context, s *run.Session, c *run.Case) {
	defer context.AfterFunc(ctx, s.Interrupt)()
	first, err := open(ctx, s)
	switch {
	case first && err != nil:
		attachToReport(s, shared{Error: err.Error()})
		ginkgo.Fail(string(judge.Error) + ": " + err.Error())
	case err != nil:
		ginkgo.Skip("nothing could be checked, as the first spec says")
	}
	result := s.Result(s.Ctx, c)
	if result.ID == "" {
		ginkgo.Skip("the run ended before")
	}
	share(s, result)
	text := summary(result)
	if result.Excused(s.Began) {
		ginkgo.Skip("known until " + result.Known.Expires + ": " + result.Known.Reason)
	}
	switch result.Outcome {
	case judge.Fail, judge.Error:
		ginkgo.Fail(text)
	case judge.Skipped, judge.Unverified:
		ginkgo.Skip(text)
	case judge.Warn:
		ginkgo.AddReportEntry(string(judge.Warn), text)
	case judge.Pass:
	}
}

// open begins the run in the first spec, and reports whether this is the first one. If Ginkgo runs all specs in one process, all cases are started at once
// (LookAhead); if Ginkgo selects specs, or runs several processes, each spec runs its own case.
func open(ctx context.Context, s *run.Session) (first bool, err error) {
	s.Start.Do(func() {
		first = true
		config, _ := ginkgo.GinkgoConfiguration()
		s.Processes, s.FirstProcess = max(1, config.ParallelTotal), config.ParallelProcess <= 1
		if s.Config.Seed == 0 { // the same in every process of Ginkgo
			s.Config.Seed = ginkgo.GinkgoRandomSeed()
		}
		if s.StartErr = s.Find(ctx); s.StartErr != nil {
			return
		}
		whole := s.Bound(context.Background()) // ctx is the first spec's
		if err := s.Prepare(whole); err != nil {
			s.StartErr = s.NotBegun(whole, err)
			return
		}
		chosen := config.LabelFilter != "" || len(config.FocusStrings)+len(config.SkipStrings)+len(config.FocusFiles)+len(config.SkipFiles) > 0
		if !chosen && s.Processes == 1 {
			s.LookAhead(whole)
		}
	})
	return first, s.StartErr
}

// shared is what another process of Ginkgo sends to the first one, which makes the report: the result of a case, and what the rules have found in the exchanges of
// that process since the last case. If nothing could be checked, it is the reason.
type shared struct {
	Result run.CaseResult        `json:"result"`
	Rules  map[string]sharedRule `json:"rules"`
	Error  string                `json:"error,omitempty"`
}

type sharedRule struct {
	Applied  bool            `json:"applied"`
	Findings []judge.Finding `json:"findings"`
	More     int             `json:"more"`
}

const sharedEntry = "result of the contract suite"

// share sends a result to the first process, if there are several.
func share(s *run.Session, r run.CaseResult) {
	if s.Processes == 1 {
		return
	}
	out := shared{Result: r, Rules: map[string]sharedRule{}}
	for i := range out.Result.Findings {
		s.Explain(&out.Result.Findings[i], s.CaseOf(r.ID))
	}
	for _, c := range s.Selected {
		if c.Rule == nil || s.Client == nil || c.ID == r.ID {
			continue
		}
		applied, found, more := s.Collect(c)
		for i := range found {
			s.Explain(&found[i], c)
		}
		if applied || len(found) > 0 {
			out.Rules[c.ID] = sharedRule{applied, found, more}
		}
	}
	attachToReport(s, out)
}

// attachToReport puts a value into Ginkgo's report of the running spec. The first process reads it there.
func attachToReport(s *run.Session, what shared) {
	if s.Processes == 1 {
		return
	}
	if text, err := json.Marshal(what); err == nil {
		ginkgo.AddReportEntry(sharedEntry, string(text), ginkgo.ReportEntryVisibilityNever)
	}
}

// merge takes over the results of all processes.
func merge(s *run.Session, all ginkgo.Report) {
	var rules []map[string]sharedRule
	for _, spec := range all.SpecReports {
		for _, entry := range spec.ReportEntries {
			var got shared
			text, _ := entry.GetRawValue().(string)
			if entry.Name != sharedEntry || json.Unmarshal([]byte(text), &got) != nil {
				continue
			}
			if got.Error != "" {
				s.StartErr = cmp.Or(s.StartErr, error(&run.TargetError{Reason: got.Error}))
				continue
			}
			s.Results[got.Result.ID] = got.Result
			rules = append(rules, got.Rules)
		}
	}
	for _, results := range rules {
		for id, r := range results {
			s.AddLate(id, r.Applied, r.Findings, r.More)
		}
	}
}

// summary is a result in a few lines.
func summary(r run.CaseResult) string {
	text := fmt.Sprintf("%s %s (%s): %s", r.Outcome, r.ID, r.Level, cmp.Or(r.Reason, r.Title))
	for _, f := range r.Findings {
		text += fmt.Sprintf("\n  %s\n    expected %s\n    actual   %s", f.Text, f.Expected, f.Actual)
		if f.Pointer != "" {
			text += " at " + f.Pointer
		}
	}
	return text
}
