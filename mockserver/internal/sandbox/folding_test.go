package sandbox_test

import (
	"testing"

	"example.com/awalmock/mockserver/internal/sandbox"
)

func TestWithArabicFoldingLettersThatAreWrittenOneForTheOtherAreEqualInASearch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, term string }{
		{"أحمد", "احمد"},
		{"احمد", "أحمد"},
		{"إبراهيم", "ابراهيم"},
		{"آمنة", "امنه"},
		{"ٱلرحمن", "الرحمن"},
		{"فاطمة علي", "فاطمه على"},
		{"مصطفى", "مصطفي"},
		{"مُحَمَّد", "محمد"},
		{"محمد", "مُحَمَّد"},
		{"محمـــد", "محمد"},
		{"عبدالرحمٰن", "الرحمن"},
		{"Ahmed أحمد", "ahmed احمد"},
		{"ا\u0654حمد", "احمد"}, // alef and hamza as two characters
	} {
		for folding, want := range map[bool]int{false: 0, true: 1} {
			o := options()
			o.FoldArabic = folding
			w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
			if err == nil {
				_, _, err = w.Create(t.Context(), sandbox.ConversationCreated{Number: "1", Phone: "966500000000", Name: c.name})
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := len(list(t, w, sandbox.Query{Number: "1", Term: c.term}).Conversations); got != want {
				t.Errorf("%q finds %q %d times with folding %v", c.term, c.name, got, folding)
			}
		}
	}
}

func TestLettersThatAreNotListedStayDifferentWithArabicFolding(t *testing.T) {
	t.Parallel()
	o := options()
	o.FoldArabic = true
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err == nil {
		_, _, err = w.Create(t.Context(), sandbox.ConversationCreated{Number: "1", Phone: "966500000000", Name: "كريم مؤمن سائد"})
	}
	if err != nil {
		t.Fatal(err)
	}
	for term, want := range map[string]int{"کریم": 0, "مومن": 0, "سايد": 0, "كريم": 1, "مؤمن": 1} {
		if got := len(list(t, w, sandbox.Query{Number: "1", Term: term}).Conversations); got != want {
			t.Errorf("%q: %d", term, got)
		}
	}
}

func TestASearchTermIsANumberInWhateverWayItWasPasted(t *testing.T) {
	t.Parallel()
	o := options()
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err == nil {
		_, _, err = w.Create(t.Context(), sandbox.ConversationCreated{Number: "1", Phone: "966555010001", Name: "Nora"})
	}
	if err != nil {
		t.Fatal(err)
	}
	for term, want := range map[string]int{
		"\u202a+966 55 501 0001\u202c": 1, "\u200e966555010001": 1, "+966\u00a055\u202f501\u20090001": 1, "\u2066٩٦٦ ٥٥ ٥٠١ ٠٠٠١\u2069": 1,
		"۹۶۶۵۵۵۰۱۰۰۰۱": 1, "966\u200b555\ufeff010001": 1, "+966\u201155\u2013501\u22120001": 1, "(٩٦٦) ٥٥-501": 1,
		"\u200fnora\u200f": 1, "\u202a+966 55 501 0002\u202c": 0, "٩٦٧": 0, "966x555": 0, "no\u200era": 0,
	} {
		if got := len(list(t, w, sandbox.Query{Number: "1", Term: term}).Conversations); got != want {
			t.Errorf("%+q: %d rows, want %d", term, got, want)
		}
	}
}
