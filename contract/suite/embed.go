package suite

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"
)

// Register adds the suite's specs to the Ginkgo suite that is being built; the report goes to cfg.OnReport when that suite has run, once, also
// where Ginkgo shares the specs out to several processes. Every spec carries labels: the requirement's id and level, the operation and the
// capability. A mistake in cfg is returned, and also registered as a spec that fails, so that it cannot be overlooked.
func Register(cfg Config) error {
	s, err := newSession(cfg)
	if err == nil {
		err = s.checksSomething()
	}
	if err != nil {
		ginkgo.It("the contract suite is set up", func() { ginkgo.Fail(err.Error()) })
		return err
	}
	s.specs()
	return nil
}

func (s *session) specs() {
	ginkgo.Describe("the contract "+s.contract.title, func() {
		for _, c := range s.selected {
			args := []any{ginkgo.Label(s.labels(c)...), func() { s.spec(c) }}
			if c.last {
				args = append(args, ginkgo.Serial) // it judges or disturbs the others
			}
			ginkgo.It(c.id+" "+c.title, args...)
		}
	})
	ginkgo.ReportAfterSuite("the contract report", func(all ginkgo.Report) {
		s.merge(all)
		report := s.report()
		s.stop()
		if s.client != nil {
			s.client.close()
		}
		if s.cfg.OnReport != nil {
			s.cfg.OnReport(report)
		}
		if len(report.late) > 0 {
			ginkgo.Fail("exchanges of the run break " + strings.Join(report.late, ", "))
		}
	})
}

// spec is the body of every spec: the first one finds the target and looks ahead, each tells its own result.
func (s *session) spec(c *check) {
	if err := s.open(); err != nil {
		s.keep(s.failed(c, err))
		s.share(s.results[c.id])
		ginkgo.Fail(string(Error) + ": " + err.Error())
	}
	result := s.result(s.ctx, c)
	s.share(result)
	text := summary(result)
	if result.Excused(s.began) {
		ginkgo.Skip("known until " + result.Known.Expires + ": " + result.Known.Reason)
	}
	switch result.Outcome {
	case Fail, Error:
		ginkgo.Fail(text)
	case Skipped, Unverified:
		ginkgo.Skip(text)
	case Warn:
		ginkgo.AddReportEntry(string(Warn), text)
	case Pass:
	}
}

// open begins the run on the first spec. Looking ahead needs to know which specs will run; where Ginkgo itself chooses among them or shares
// them out to several processes, each spec asks when its turn comes.
func (s *session) open() error {
	s.start.Do(func() {
		if s.startErr = s.find(context.Background()); s.startErr != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Timeout)
		s.stop = cancel
		s.ctx = ctx
		config, _ := ginkgo.GinkgoConfiguration()
		s.shares = max(1, config.ParallelTotal)
		s.startErr = s.prepare(ctx)
		chosen := config.LabelFilter != "" || len(config.FocusStrings)+len(config.SkipStrings)+len(config.FocusFiles)+len(config.SkipFiles) > 0
		if s.startErr == nil && !chosen && s.shares == 1 {
			s.lookAhead(ctx)
		}
	})
	return s.startErr
}

// A shared result is what a process tells the first one, which makes the report: the result of a case, and what the rules say of the
// exchanges that this process has made since it last told.
type shared struct {
	Process int                   `json:"process"`
	Result  CaseResult            `json:"result"`
	Rules   map[string]sharedRule `json:"rules"`
}

type sharedRule struct {
	Applied  bool      `json:"applied"`
	Findings []Finding `json:"findings"`
	More     int       `json:"more"`
}

const sharedEntry = "result of the contract suite"

// share attaches a result to the running spec, if several processes share the suite.
func (s *session) share(r CaseResult) {
	if s.shares == 1 {
		return
	}
	out := shared{Process: ginkgo.GinkgoParallelProcess(), Result: r, Rules: map[string]sharedRule{}}
	for i := range out.Result.Findings {
		s.explain(&out.Result.Findings[i], s.checkOf(r.ID))
	}
	for _, c := range s.selected {
		if c.rule == nil || s.client == nil || c.id == r.ID {
			continue
		}
		applied, found, more := s.collect(c)
		for i := range found {
			s.explain(&found[i], c)
		}
		if applied || len(found) > 0 {
			out.Rules[c.id] = sharedRule{applied, found, more}
		}
	}
	if text, err := json.Marshal(out); err == nil {
		ginkgo.AddReportEntry(sharedEntry, string(text), ginkgo.ReportEntryVisibilityNever)
	}
}

func (s *session) checkOf(id string) *check {
	i := slices.IndexFunc(s.selected, func(c *check) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return s.selected[i]
}

// merge takes the results of all processes.
func (s *session) merge(all ginkgo.Report) {
	var rules []map[string]sharedRule
	for _, spec := range all.SpecReports {
		for _, entry := range spec.ReportEntries {
			var got shared
			text, _ := entry.GetRawValue().(string)
			if entry.Name != sharedEntry || json.Unmarshal([]byte(text), &got) != nil {
				continue
			}
			s.results[got.Result.ID] = got.Result
			rules = append(rules, got.Rules)
		}
	}
	for _, told := range rules {
		for id, r := range told {
			s.addLate(id, r.Applied, r.Findings, r.More)
		}
	}
}
