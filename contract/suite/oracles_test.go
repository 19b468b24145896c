package suite

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock"
)

func TestSignaturesAreThoseOfTheCheckValues(t *testing.T) {
	t.Parallel()
	for toSign, want := range map[string]string{
		`POST/w/message/text?phone_number_id=1231704124800{"phone":"96650000000","body":"Hello"}`: "3d3a28eb340079ad838c68984ed0977f001b0f54e5cd6aee42bdbc9561e7170d",
		"GET/conversations?phone_number_id=123456&status=unread1704124800":                        "1c6fe2cfbe4d26f94dac4f9e218c376f50f9d9126625f2070659c9ba8b247084",
		"GET/conversations/1?phone_number_id=1234561704124800":                                    "f4395337ded157652e76e8521b480d446ff874c039250b3f7be1caca36469fcc",
		"GET/fetch-message-status-app?phone_number_id=1234561704124800":                           "f9e186cf665af6efd297e59ba668cd016c7ca07f9b20712b342a5e3e7a310191",
	} {
		if got := digest("your-hmac-secret", toSign); got != want {
			t.Errorf("%s: %s", toSign, got)
		}
	}
}

func TestEveryMangledDigestIsAnotherDigest(t *testing.T) {
	t.Parallel()
	for _, right := range []string{digest("k", "a"), strings.Repeat("0", 64), strings.Repeat("f", 64)} {
		for _, m := range wholeMangles() {
			if m.do(right) == right {
				t.Errorf("%s leaves %s as it is", m.name, right)
			}
		}
	}
}

func TestStrictJSONTellsWhatEncodingJSONLetsPass(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]problemKind{
		"\ufeff{}": problemSyntax, "{} {}": problemSyntax, "{}x": problemSyntax, `{"a":1,"a":1}`: problemDuplicate, `[{"b":{"a":1,"\u0061":2}}]`: problemDuplicate,
		`{"a":"` + "\xe9" + `"}`: problemSyntax, `{"a":"\ud83d"}`: problemSyntax, `{"a":`: problemCut, `{"a":"b`: problemCut, `{"a":tru`: problemCut, `{"a":"\u00`: problemCut,
		`[1,2`: problemCut, `{"a":01}`: problemSyntax, `{'a':1}`: problemSyntax, "{\"a\":\"\n\"}": problemSyntax, `[1,]`: problemSyntax, `nul`: problemCut,
		strings.Repeat("[", 80) + strings.Repeat("]", 80): problemSyntax,
	} {
		_, problems, _ := decodeStrict([]byte(body))
		if len(problems) == 0 || problems[len(problems)-1].kind != want {
			t.Errorf("%q: %+v", cutText(body, 30), problems)
		}
	}
	if _, problems, _ := decodeStrict([]byte(`{"a":{"x/y":[{"k":1,"k":2}]}}`)); problems[0].pointer != "/a/x~1y/0/k" {
		t.Errorf("pointer %s", problems[0].pointer)
	}
}

func FuzzStrictJSONReadsWhatEncodingJSONReads(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e+3,"\u00e9\ud83d\ude42",true,null]}`, ` [ ] `, `"x"`, `{"a":{}}`, `0`, `-`, `"\x"`, "[1]]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, problems, _ := decodeStrict([]byte(text))
		var theirs any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		lawful := json.Valid([]byte(text)) && utf8.ValidString(text)
		if len(problems) == 0 && !lawful {
			t.Fatalf("%q was accepted", text)
		}
		if len(problems) > 0 || decoder.Decode(&theirs) != nil {
			return
		}
		mine, err1 := json.Marshal(value)
		other, err2 := json.Marshal(theirs)
		if err1 != nil || err2 != nil || string(mine) != string(other) {
			t.Fatalf("%q: %s and %s", text, mine, other)
		}
	})
}

// TestTheSchemaCheckAgreesWithKin changes the documented examples in every way that a schema can speak of, and holds our verdict to kin's.
func TestTheSchemaCheckAgreesWithKin(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for name, ref := range doc.Components.Schemas {
		s, err := (&shapes{made: map[*openapi3.Schema]*shape{}}).compile(ref, "/components/schemas/"+name)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range examplesOf(doc, name) {
			for _, changed := range changes(example) {
				raw, err := json.Marshal(changed)
				if err != nil {
					t.Fatal(err)
				}
				value, _, _ := decodeStrict(raw)
				var plain any
				if err := json.Unmarshal(raw, &plain); err != nil {
					t.Fatal(err)
				}
				theirs := ref.Value.VisitJSON(plain, openapi3.EnableFormatValidation())
				if mine := s.accepts(value); mine != (theirs == nil) {
					t.Errorf("%s: %s: we accept: %v, kin says %v", name, cutText(string(raw), 300), mine, theirs)
				}
				compared++
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d values were compared", compared)
	}
}

func examplesOf(doc *openapi3.T, schema string) (out []any) {
	for name, example := range doc.Components.Examples {
		prefix := map[string]string{"ConversationList": "ConversationList", "ConversationMessages": "ConversationMessages", "MessageStatusList": "MessageStatusList"}[schema]
		if schema == "ErrorBody" && strings.HasSuffix(name, "Failed") || prefix != "" && strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, "ConversationMessagesList") {
			raw, _ := json.Marshal(example.Value.Value)
			var value any
			_ = json.Unmarshal(raw, &value)
			out = append(out, value)
		}
	}
	return out
}

// changes are copies of a value with one place changed: left out, or replaced by values of other types and forms.
func changes(value any) []any {
	out := []any{value}
	others := []any{nil, "x", "", "2024-01-20T10:30:00", "2024-01-20T10:30:00+03:00", 7.0, -1.0, 1.5, true, false, []any{}, map[string]any{}}
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			less := map[string]any{}
			for other, kept := range v {
				if other != key {
					less[other] = kept
				}
			}
			out = append(out, less)
			for _, changed := range append(changes(v[key])[1:], others...) {
				more := map[string]any{key: changed}
				for other, kept := range less {
					more[other] = kept
				}
				out = append(out, more)
			}
		}
	case []any:
		for i := range v {
			for _, changed := range append(changes(v[i])[1:], others...) {
				copied := slices.Clone(v)
				copied[i] = changed
				out = append(out, copied)
			}
		}
	}
	return out
}

func TestARowContainsATermInEveryReadingThatIsLeftOpenAndInNoOther(t *testing.T) {
	t.Parallel()
	name := func(s string) *string { return &s }
	for _, test := range []struct {
		name  *string
		phone string
		term  string
		want  bool
	}{
		{name("Ahmed Mohammed"), "96650000000", "ed mo", true},
		{name("Ahmed Mohammed"), "96650000000", "AHMED", true},
		{name("أحمد"), "96650000000", "احمد", true},
		{name("Zoë"), "96650000000", "zoe", true},
		{name("Ahmed"), "96650000000", "5000", true},
		{name("Ahmed"), "96650000000", "+966 (50)", true},
		{name("Ahmed"), "96650000000", "  ahm ", true},
		{name("Ahmed"), "96650000000", "%", false},
		{name("Ahmed"), "96650000000", "(", false},
		{name("Ahmed"), "96650000000", "A%d", false},
		{name("Ahmed"), "96650000000", "x966", false},
		{name("100% (me)"), "966", "% (", true},
		{nil, "96650000000", "ahmed", false},
		{name("خالد"), "966", "ظظژگ", false},
	} {
		if got := containsTerm(&row{name: test.name, phone: test.phone}, test.term); got != test.want {
			t.Errorf("%s %s contains %q: %v", shown(test.name), test.phone, test.term, got)
		}
	}
}

func TestPartsOfANameComeFromItsBeginningMiddleAndEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"Ahmed Mohammed": "[Ahme Moh mmed]", "Omar": "[Om ma ar]", "Abc": "[]"} {
		if got := fmt.Sprint(parts(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// relationProbe is a probe that only collects findings.
func relationProbe(t *testing.T) *probe {
	t.Helper()
	s, err := sessionOf(Config{}, func(*contract) ([]*check, error) { return []*check{{id: "LIST-ORDER", requirement: "LIST-ORDER"}}, nil })
	if err != nil {
		t.Fatal(err)
	}
	return &probe{session: s, check: &check{id: "LIST-ORDER", requirement: "LIST-ORDER"}}
}

func TestARelationIsAFindingOnlyIfChangeCannotExplainIt(t *testing.T) {
	t.Parallel()
	type state struct{ value, version int }
	for name, test := range map[string]struct {
		answers []state // value 1 is broken; another version is a visible change
		want    int
	}{
		"it holds":                                   {[]state{{0, 1}}, 0},
		"broken, and asked again still broken":       {[]state{{1, 1}, {1, 1}}, 1},
		"broken, and gone after a visible change":    {[]state{{1, 1}, {0, 2}}, 0},
		"broken, and gone although nothing changed":  {[]state{{1, 1}, {0, 1}}, 1},
		"broken again and again, whatever changes":   {[]state{{1, 1}, {1, 2}, {1, 3}, {1, 4}}, 1},
		"broken twice while it changes, then steady": {[]state{{1, 1}, {1, 2}, {0, 3}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, asked := relationProbe(t), 0
			err := hold(p, relation[state]{
				first: test.answers[0],
				ask: func() (state, error) {
					asked++
					return test.answers[min(asked, len(test.answers)-1)], nil
				},
				judge: func(s state) []breach {
					if s.value == 0 {
						return nil
					}
					return []breach{{key: "it"}}
				},
				changed: func(_ string, before, after state) bool { return before.version != after.version },
			})
			if err != nil || len(p.findings) != test.want {
				t.Errorf("%d findings, want %d (%v)", len(p.findings), test.want, err)
			}
		})
	}
}

func TestRegistrationRefusesACaseWhoseRequirementIsNotInTheContract(t *testing.T) {
	t.Parallel()
	doc, err := loadContract("", nil)
	if err != nil {
		t.Fatal(err)
	}
	doc.requirements = slices.DeleteFunc(doc.requirements, func(r *Requirement) bool { return r.ID == "LIST-ORDER" })
	if _, err := register(doc); err == nil || !strings.Contains(err.Error(), "LIST-ORDER") {
		t.Errorf("got %v", err)
	}
}

func TestAnotherVersionOfTheContractMayAskForLess(t *testing.T) {
	t.Parallel()
	less := strings.Replace(awalmock.OpenAPI(), "        - id: LIST-ORDER\n          level: SHOULD", "        - id: LIST-ID-ORDER-OLD\n          level: SHOULD", 1)
	if _, err := newSession(Config{Spec: []byte(less)}); err == nil || !strings.Contains(err.Error(), "LIST-ID-ORDER-OLD has no case") {
		t.Errorf("got %v", err)
	}
}
