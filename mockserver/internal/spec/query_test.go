package spec

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func sorted(text string) []string {
	list := strings.Split(text, "\n")
	slices.Sort(list)
	return list
}

func neededHeader() http.Header { return http.Header{"X-Needed": {"x"}} }

func TestAQueryIsCheckedStrictly(t *testing.T) {
	t.Parallel()
	const integer, big = ": must be an integer", ": must be an integer of at most 64 bits"
	cases := []struct{ query, want string }{
		{"q=ab", ""},
		{"", "q: is required"},
		{"q=", "q: must not be empty"},
		{"q", "q: must not be empty"},
		{"q=a", "q: must be at least 2 characters"},
		{"q=abcdef", "q: must be at most 5 characters"},
		{"q=%D8%A3%D8%A3%D8%A3%D8%A3%D8%A3", ""},
		{"q=%D8%A3", "q: must be at least 2 characters"},
		{"q=a+b", ""},
		{"q=a%20b", ""},
		{"q=a;b", ""},
		{"&&q=ab&", ""},
		{"q=ab&q=ab", "q: must be given only once"},
		{"q=%zz", "q: is not valid percent-encoding"},
		{"q=%e", "q: is not valid percent-encoding"},
		{"q=%ff%fe", "q: is not valid UTF-8"},
		{"q=\xff\xfe", "q: is not valid UTF-8"},
		{"q=ab&%zz=1", "query: has a name that is not valid percent-encoding"},
		{"q=ab&%ff=1", "query: has a name that is not valid UTF-8"},
		{"q=ab&other=%zz", "other: is not valid percent-encoding"},
		{"q=ab&page=1", ""},
		{"q=ab&page=01", "page" + integer},
		{"q=ab&page=%2B1", "page" + integer},
		{"q=ab&page=+1", "page" + integer},
		{"q=ab&page=1.0", "page" + integer},
		{"q=ab&page=1e0", "page" + integer},
		{"q=ab&page=-0", "page" + integer},
		{"q=ab&page=1_0", "page" + integer},
		{"q=ab&page=0x1", "page" + integer},
		{"q=ab&page=%D9%A1", "page" + integer},
		{"q=ab&page=-", "page" + integer},
		{"q=ab&page=", "page: must not be empty"},
		{"q=ab&page=0", "page: must be at least 1"},
		{"q=ab&page=2147483648", "page: must be between -2147483648 and 2147483647"},
		{"q=ab&big=9223372036854775807", ""},
		{"q=ab&big=-9223372036854775808", ""},
		{"q=ab&big=9223372036854775808", "big" + big},
		{"q=ab&big=-9223372036854775809", "big" + big},
		{"q=ab&ratio=0.5", ""},
		{"q=ab&ratio=1e-3", ""},
		{"q=ab&ratio=0", "ratio: must be greater than 0"},
		{"q=ab&ratio=1.5", "ratio: must be at most 1"},
		{"q=ab&ratio=.5", "ratio: must be a number"},
		{"q=ab&ratio=NaN", "ratio: must be a number"},
		{"q=ab&ratio=1e999", "ratio: must be a number"},
		{"q=ab&flag=true&flag=true", "flag: must be given only once"},
		{"q=ab&flag=false", ""},
		{"q=ab&flag=TRUE", "flag: must be true or false"},
		{"q=ab&flag=1", "flag: must be true or false"},
		{"q=ab&tags=a&tags=b", ""},
		{"q=ab&tags=a,b", "tags[0]: must be one of a, b, c, d"},
		{"q=ab&tags=a&tags=a", "tags: must not have an item twice"},
		{"q=ab&tags=a&tags=b&tags=c&tags=d", "tags: must have at most 3 items"},
		{"q=ab&tags=a&tags=x&tags=y", "tags[1]: must be one of a, b, c, d\ntags[2]: must be one of a, b, c, d"},
		{"q=ab&ids=1,2,3", ""},
		{"q=ab&ids=1,02,x", "ids[1]" + integer + "\nids[2]" + integer},
		{"q=ab&ids=1&ids=2", "ids: must be given only once"},
		{"q=ab&pipes=true%7Cfalse", ""},
		{"q=ab&pipes=true%7Cno", "pipes[1]: must be true or false"},
		{"q=ab&filter[from]=1&filter[to]=2", ""},
		{"q=ab&filter%5Bfrom%5D=x", "filter.from: must be an integer"},
		{"q=ab&kind=new", ""},
		{"q=ab&kind=", ""},
		{"q=ab&kind=x", "kind: must be one of new, old"},
		{"q=ab&kind=&kind=", "kind: must be given only once"},
		{"q=ab&email=a@b.c", ""},
		{"q=ab&email=a", "email: must be an email address"},
		{"q=ab&when=2024-01-20T10:30:00%2B03:00", ""},
		{"q=ab&when=2024-01-20T10:30:00+03:00", "when: must be an RFC 3339 date and time, such as 2024-01-20T10:30:00Z"},
		{"q=ab&code=AB1", ""},
		{"q=ab&code=ab1", "code: must match the pattern ^[A-Z]{2}[0-9]+$"},
		{"q=ab&either=12", ""},
		{"q=ab&either=none", ""},
		{"q=ab&either=true", "either: must fit exactly one of its 2 alternatives"},
		{"q=ab&either=", "either: must not be empty"},
		{"q=ab&either=9", "either: must fit exactly one of its 2 alternatives"},
		{"page=x&ratio=x&flag=x&kind=x", "q: is required\npage" + integer + "\nratio: must be a number\nflag: must be true or false\nkind: must be one of new, old"},
	}
	for _, c := range cases {
		t.Run(c.query, func(t *testing.T) {
			t.Parallel()
			got := call{path: "/items", query: c.query, header: neededHeader()}.violations(t, richDocument())
			if got != c.want {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestACheckedRequestGivesItsValues(t *testing.T) {
	t.Parallel()
	r, err := call{path: "/items", query: "q=a+%C3%A9&page=12&kind=&tags=b&tags=a", header: neededHeader()}.check(t, richDocument())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"q": "a é", "page": "12", "tags": "b"} {
		if got, ok := r.Query(name); !ok || got != want {
			t.Errorf("%s: got %q, %v", name, got, ok)
		}
	}
	for _, name := range []string{"kind", "big", "nothing", "X-Needed"} {
		if got, ok := r.Query(name); ok || got != "" {
			t.Errorf("%s: got %q, want none", name, got)
		}
	}
	if n, ok := r.QueryInt("page"); n != 12 || !ok {
		t.Errorf("page: %d, %v", n, ok)
	}
	if n, ok := r.QueryInt("big"); n != 0 || ok {
		t.Errorf("big: %d, %v", n, ok)
	}
	r, err = call{path: "/items/-9223372036854775808"}.check(t, richDocument())
	if err != nil || r.PathInt("id") != -1<<63 || r.Path("id") != "-9223372036854775808" || r.Path("q") != "" || r.Operation.ID != "getItem" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestPathAndHeaderParametersAreChecked(t *testing.T) {
	t.Parallel()
	cases := []struct {
		path, query string
		header      http.Header
		want        string
	}{
		{"/items/1.5", "", nil, "id: must be an integer"},
		{"/items/1e0", "", nil, "id: must be an integer"},
		{"/items/%2B1", "", nil, "id: must be an integer"},
		{"/items/01", "", nil, "id: must be an integer"},
		{"/items/1%20", "", nil, "id: must be an integer"},
		{"/items/9223372036854775808", "", nil, "id: must be an integer of at most 64 bits"},
		{"/items/x/parts/abcde", "", nil, "part: must be at most 4 characters"},
		{"/items/x/parts/%D8%A3%D8%A3%D8%A3%D8%A3", "", nil, ""},
		{"/files/a.zip", "", nil, "ext: must be one of txt, tar.gz"},
		{"/deep/1/2/3/4/5,6", "", nil, ""},
		{"/deep/1/2/3/4/5,x", "", nil, "e[1]: must be an integer"},
		{"/items", "q=ab", nil, "X-Needed: is required"},
		{"/items", "q=ab", http.Header{"X-Needed": {""}}, "X-Needed: must not be empty"},
		{"/items", "q=ab", http.Header{"X-Needed": {"a", "b"}}, "X-Needed: must be given only once"},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "X-Trace": {"x"}}, "X-Trace: must be a UUID, such as 123e4567-e89b-12d3-a456-426614174000"},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "X-Trace": {"123e4567-e89b-12d3-a456-42661417400F"}}, ""},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "X-List": {"1, 2", "3"}}, ""},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "X-List": {"1,10", "x"}}, "X-List[2]: must be an integer"},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "X-List": {"1,10"}}, "X-List[1]: must be at most 9"},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "Cookie": {"session=abc"}}, ""},
		{"/items", "q=ab", http.Header{"X-Needed": {"a"}, "Cookie": {"session=ab"}}, "session: must be at least 3 characters"},
	}
	for _, c := range cases {
		got := call{path: c.path, query: c.query, header: c.header}.violations(t, richDocument())
		if got != c.want {
			t.Errorf("%s %v\ngot  %q\nwant %q", c.path, c.header, got, c.want)
		}
	}
}

func TestAViolationTellsItsRuleAndItsPlaceInTheDocument(t *testing.T) {
	t.Parallel()
	_, err := call{path: "/items", query: "q=a&page=x&page=y&when=x"}.check(t, richDocument())
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	got := slices.Clone(invalid.Violations)
	for i := range got {
		got[i].Text = ""
	}
	want := []Violation{
		{Field: "q", In: "query", Rule: "minLength", Pointer: "/paths/~1items/get/parameters/0/schema"},
		{Field: "page", In: "query", Rule: "duplicate", Pointer: "/paths/~1items/get/parameters/1"},
		{Field: "when", In: "query", Rule: "format", Pointer: "/paths/~1items/get/parameters/11/schema"},
		{Field: "X-Needed", In: "header", Rule: "required", Pointer: "/paths/~1items/get/parameters/17"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("\ngot  %+v\nwant %+v", got, want)
	}
	if err.Error() == "" || !strings.HasPrefix(err.Error(), "q must be at least 2 characters; page must be") {
		t.Error(err)
	}
}

func TestAViolationNeverRepeatsTheValue(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t"
	item := richDocument().Operation("createItem").Bodies[0].Schema
	values := []any{secret, []any{secret}, map[string]any{"x": secret}}
	for _, p := range item.Properties {
		for _, v := range values {
			for _, violation := range item.Violations(map[string]any{"name": "a", "count": v, p.Name: v}) {
				if strings.Contains(violation.Text, secret) {
					t.Errorf("%s: %s", violation.Field, violation.Text)
				}
			}
		}
	}
	var query strings.Builder
	for _, p := range richDocument().Operation("listItems").Parameters {
		query.WriteString("&" + p.Name + "=" + secret)
	}
	_, err := call{path: "/items", query: query.String(), header: http.Header{"X-Trace": {secret}, "Cookie": {"session=s"}}}.check(t, richDocument())
	if got := lines(t, err); strings.Contains(got, secret) {
		t.Error(got)
	}
}

func TestUnknownQueryParametersAreNamedWithTheNearestKnownOne(t *testing.T) {
	t.Parallel()
	cases := []struct {
		path, query string
		want        []Unknown
	}{
		{"/items", "q=ab&pgae=1&tag=a&Q=1&filter[from]=1&zzz=1&zzz=2&retio=1", []Unknown{
			{"query", "Q", "q"}, {"query", "pgae", "page"}, {"query", "retio", "ratio"}, {"query", "tag", "tags"}, {"query", "zzz", ""},
		}},
		{"/items", "q=ab&page=1", nil},
		{"/items/1", "a%3Cb=1", []Unknown{{"query", "a<b", ""}}},
	}
	for _, c := range cases {
		r, err := call{path: c.path, query: c.query, header: neededHeader()}.check(t, richDocument())
		if err != nil {
			t.Fatalf("%s: %v", c.query, err)
		}
		if !slices.Equal(r.Unknown, c.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", c.query, r.Unknown, c.want)
		}
	}
}

func TestNearestFindsWhatWasProbablyMeant(t *testing.T) {
	t.Parallel()
	known := []string{"phone_number_id", "searchTerm", "status", "q"}
	cases := map[string]string{
		"phoneNumberId": "phone_number_id", "phone-number-id": "phone_number_id", "PHONE_NUMBER_ID": "phone_number_id", "phone_numbre_id": "phone_number_id",
		"search": "searchTerm", "searchterm": "searchTerm", "serchTerm": "searchTerm", "stauts": "status", "state": "status", "stores": "", "sta": "status", "st": "",
		"page": "", "": "", "Q": "q", "p": "", strings.Repeat("s", 65): "",
	}
	for name, want := range cases {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestOurContractsParametersAreCheckedForEveryOperation(t *testing.T) {
	t.Parallel()
	d := awalDocument()
	for _, op := range d.Operations {
		path := op.Path
		for _, name := range templateNames(op.Path) {
			path = strings.ReplaceAll(path, "{"+name+"}", "1")
		}
		for _, p := range op.Parameters {
			if p.In != "query" || !p.Required {
				continue
			}
			for query, want := range map[string]string{"": "is required", p.Name + "=": "must not be empty", p.Name + "=1&" + p.Name + "=1": "must be given only once"} {
				c := call{method: op.Method, path: path, query: query}
				if len(op.Bodies) > 0 {
					c.header = http.Header{"Content-Type": {op.Bodies[0].Type}}
				}
				if got := c.violations(t, d); !strings.Contains("\n"+got+"\n", "\n"+p.Name+": "+want+"\n") {
					t.Errorf("%s ?%s: got %q, want %s: %s", op.ID, query, got, p.Name, want)
				}
			}
		}
	}
}
