package collection

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// thing is a line with a thing.
func thing(id int, name, phone string) string {
	return fmt.Sprintf(`{"created_at":"2024-01-20T00:00:00Z","id":%d,"name":%q,"phone":%q,"status":"active"}`, id, name, phone) + "\n"
}

func lines(t *testing.T, r *Resource, w *sandbox.Workspace) string {
	t.Helper()
	var text strings.Builder
	if err := r.WriteAll(&text, w); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestAReplacementIsToldAsTheChangesThatItIs(t *testing.T) {
	t.Parallel()
	r, w := workspace(t, 0)
	first := thing(3, "C", "3") + thing(2, "B", "2") + thing(1, "A", "1")
	if _, err := r.ReplaceAll(t.Context(), w, strings.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	reader, err := w.Subscribe(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	next := thing(4, "D", "1") + thing(3, "C", "3") + thing(2, "B2", "2")
	if n, err := r.ReplaceAll(t.Context(), w, strings.NewReader(next)); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	var changes []string
	for _, c := range reader.Next().Changes {
		changes = append(changes, fmt.Sprintf("%d %s %s %t %t", c.Seq, c.Kind, c.Record, c.RecordBefore != nil, c.RecordAfter != nil))
	}
	if want := "5 record.deleted 1 false false; 6 record.put 4 false true; 7 record.put 2 true true"; strings.Join(changes, "; ") != want {
		t.Errorf("changes %q", strings.Join(changes, "; "))
	}
	if got := lines(t, r, w); got != next {
		t.Errorf("%s", got)
	}
}

func TestAReplacementIsReplayedAndNothingOfItStaysWhenItDoesNotFit(t *testing.T) {
	t.Parallel()
	r, w := workspace(t, 3)
	next := thing(9, "New", "9") + thing(1, "A", "966500000001")
	if _, err := r.ReplaceAll(t.Context(), w, strings.NewReader(next)); err != nil {
		t.Fatal(err)
	}
	x := w.Export(t.Context())
	err := w.Replace(t.Context(), x.Events(), x.Now)
	x.Close()
	if got := lines(t, r, w); err != nil || got != next {
		t.Errorf("%v %s", err, got)
	}
	head := w.Head()
	_, err = r.ReplaceAll(t.Context(), w, strings.NewReader(thing(1, "A", "1")+"\n"+thing(2, "B", "1")))
	var line *LineError
	if !errors.As(err, &line) || line.Line != 3 || line.Error() != "line 3: record 1 of things has the same phone" {
		t.Errorf("%v", err)
	}
	if lines(t, r, w) != next || w.Head() != head {
		t.Error("it has changed something")
	}
}

func TestReadersOfMoreChangesThanAreKeptReadEverythingAgain(t *testing.T) {
	t.Parallel()
	r, w := workspace(t, 0)
	reader, err := w.Subscribe(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var all strings.Builder
	for i := range 5000 {
		all.WriteString(thing(i+1, "T", fmt.Sprint(i)))
	}
	if _, err := r.ReplaceAll(t.Context(), w, strings.NewReader(all.String())); err != nil {
		t.Fatal(err)
	}
	if news := reader.Next(); len(news.Changes) != 1 || news.Changes[0].Kind != sandbox.ChangeResync {
		t.Errorf("%+v", news)
	}
}
