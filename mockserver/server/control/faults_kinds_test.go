package control_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// meet asks for an operation again and again and reads from the journal what faults were applied: a pattern such as "..s.a".
func meet(t *testing.T, m *mocktest.Mock, times int, targets ...string) string {
	t.Helper()
	admin(t, m, 204, "DELETE", "/requests", "")
	for i := range times {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+targets[i%len(targets)], nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := m.Client().Do(r)
		if err == nil {
			response.Body.Close()
		}
	}
	journal := admin(t, m, 200, "GET", "/requests", "")
	pattern := ""
	for i := range length(t, journal, "data") {
		fault, _ := at(t, journal, "data", i, "fault").(string)
		pattern += (fault + ".")[:1]
	}
	return pattern
}

func TestEachKindOfFaultStrikesByOperationProbabilityAndCountAndTheSameRunRepeats(t *testing.T) {
	t.Parallel()
	for kind, what := range map[string]string{"status": `"status":503`, "latency": `"latency":"1ms"`, "abort": `"abort":true`, "malformed": `"malformed":true`} {
		letter := kind[:1]
		one, two := start(t, mocktest.RateLimit("off")), start(t, mocktest.RateLimit("off"))
		set := func(rule string) {
			fault(t, one, `{`+what+rule+`}`)
			fault(t, two, `{`+what+rule+`}`)
		}
		targets := []string{"/templates", "/waba-numbers"}
		for rule, want := range map[string]string{
			``:                             strings.Repeat(letter, 6),
			`,"operation":"listTemplates"`: strings.Repeat(letter+".", 3),
			`,"times":2`:                   letter + letter + "....",
			`,"times":2,"operation":"listWabaNumbers"`: "." + letter + "." + letter + "..",
			`,"probability":0`:                         "......",
			`,"probability":1,"times":1`:               letter + ".....",
		} {
			set(rule)
			if got := meet(t, one, 6, targets...); got != want {
				t.Errorf("%s%s: %s, want %s", kind, rule, got, want)
			}
		}
		// Probability, operation and count together; the other mock of the same seed meets the same.
		set(`,"probability":0.5,"operation":"listTemplates","times":5`)
		first, second := meet(t, one, 40, targets...), meet(t, two, 40, targets...)
		if first != second || strings.Count(first, letter) != 5 || first[:10] == strings.Repeat(letter+".", 5) {
			t.Errorf("%s: %s and %s", kind, first, second)
		}
		expect(t, admin(t, one, 200, "GET", "/faults", ""), number("5"), "rules", 0, "struck")
	}
}

func TestAProbabilityStrikesAboutAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("off"))
	for probability, bounds := range map[string][2]int{"0.1": {8, 35}, "0.5": {75, 125}, "0.9": {165, 192}} {
		fault(t, m, `{"status":503,"probability":`+probability+`}`)
		if n := strings.Count(meet(t, m, 200, "/waba-numbers"), "s"); n < bounds[0] || n > bounds[1] {
			t.Errorf("with %s it is applied %d times of 200", probability, n)
		}
	}
}

func TestAFaultStrikesAfterTheRateLimit(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("2/1h"), func(o *mocktest.Options) { o.Now = newMachine().now })
	fault(t, m, `{"status":503}`)
	for _, want := range []int{503, 503, 429} {
		signed(t, m, want, "GET", "/waba-numbers", "")
	}
	expect(t, admin(t, m, 200, "GET", "/faults", ""), number("2"), "rules", 0, "struck")
}

func TestEachWorkspaceHasItsOwnFaultsAndCounts(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":503,"times":1}`)
	admin(t, m, 200, "PUT", "/faults?workspace=other-workspace", `{"rules":[{"status":500,"times":2}]}`)
	other := m.ClientOf(m.Workspaces()[1])
	for _, want := range []int{500, 500, 200} {
		if response, text := roundTrip(t, other, "GET", m.URL+"/waba-numbers", ""); response.StatusCode != want {
			t.Errorf("%d, want %d: %s", response.StatusCode, want, text)
		}
	}
	signed(t, m, 503, "GET", "/waba-numbers", "")
	for workspace, struck := range map[string]string{"your-workspace": "1", "other-workspace": "2"} {
		expect(t, admin(t, m, 200, "GET", "/faults?workspace="+workspace, ""), number(struck), "rules", 0, "struck")
	}
}

func TestRulesAreShownAsTheyWereSet(t *testing.T) {
	t.Parallel()
	m := start(t)
	rules := `{"rules":[{"operation":"listConversations","probability":0.25,"times":3,"status":503,"struck":0},{"probability":1,"latency":"1m30s","struck":0},{"probability":1,"abort":true,"struck":0},{"probability":0,"malformed":true,"struck":0}]}`
	set := admin(t, m, 200, "PUT", "/faults", strings.ReplaceAll(rules, `,"struck":0`, ""))
	if want := decode(t, []byte(rules)); fmt.Sprint(set) != fmt.Sprint(want) || fmt.Sprint(admin(t, m, 200, "GET", "/faults", "")) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", set, want)
	}
}

func TestRulesThatAreRefusedLeaveThoseThatWereThere(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":503}`)
	admin(t, m, 400, "PUT", "/faults", `{"rules":[{"status":500},{"status":500,"abort":true}]}`)
	admin(t, m, 400, "PUT", "/faults", `{"rules":[{"status":500},{"status":500,"operation":"nothing"}]}`)
	expect(t, admin(t, m, 200, "GET", "/faults", ""), number("503"), "rules", 0, "status")
}
