package run

import "math"

// How many forged requests the cases of authentication may make: all of them, or, under ProfileProduction, few.
const (
	AllAuthProbes = math.MaxInt
	FewAuthProbes = 20
)

// planProbes divides the allowed number of forged requests among the cases: first one request for each requirement, on a different operation each time, then a
// second one, and so on. A case that gets none is SKIPPED.
func (s *Session) planProbes() {
	left := s.Config.AuthProbes
	if left == AllAuthProbes {
		return
	}
	var requirements []string
	cases, open := map[string][]*Case{}, 0
	for _, c := range s.Selected {
		if !c.Forged || s.skips(c) != "" {
			continue
		}
		if cases[c.Requirement] == nil {
			requirements = append(requirements, c.Requirement)
		}
		cases[c.Requirement] = append(cases[c.Requirement], c)
		open += c.Attempts
	}
	probes := map[*Case]int{}
	for round := 0; left > 0 && open > 0; round++ {
		for i, requirement := range requirements {
			list := cases[requirement]
			if c := list[(i+round)%len(list)]; probes[c] < c.Attempts && left > 0 {
				probes[c]++
				left--
				open--
			}
		}
	}
	s.probes = probes
}

// withoutForged reports whether a case of forged requests got none.
func (s *Session) withoutForged(c *Case) bool { return c.Forged && s.probes != nil && s.probes[c] == 0 }

// allowed bounds how many attempts of a case are made.
func (s *Session) allowed(c *Case, attempts int) int {
	if !c.Forged || s.probes == nil {
		return attempts
	}
	return min(attempts, s.probes[c])
}
