package judge

import (
	"testing"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

func TestABodyThatIsNullBreaksTheSchemaAndOneThatCannotBeReadDoesNot(t *testing.T) {
	t.Parallel()
	doc, err := document.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	j, err := New(doc, false)
	if err != nil {
		t.Fatal(err)
	}
	e := &exchange.Exchange{Request: &exchange.Request{Op: doc.Operation(document.ListConversations)}, Status: 200}
	for body, findings := range map[string]int{"null": 1, "{": 0, "": 0} {
		e.Content = nil
		if body != "" {
			value, problems, err := exchange.Decode([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			e.Content = &exchange.Content{Value: value, Problems: problems}
		}
		e.Sum[0]++
		if found := Answer(j, e).Findings; len(found) != findings {
			t.Errorf("%q: %d findings, want %d: %v", body, len(found), findings, found)
		}
	}
}
