package server_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/server"
)

// A place is a member of a mapping or an item of a list in a document's tree: what can be changed there.
type place struct {
	parent *yaml.Node
	index  int // of the value in parent.Content
	path   string
}

// places lists all places below a node. Texts for people are left alone: nothing reads them.
func places(x *yaml.Node, path string, list []place) []place {
	step := 1
	if x.Kind == yaml.MappingNode {
		step = 2
	}
	for i := step - 1; i < len(x.Content); i += step {
		here := path + "/" + strconv.Itoa(i)
		if step == 2 {
			name := x.Content[i-1].Value
			if name == "description" || name == "summary" || name == "x-requirements" || name == "externalDocs" {
				continue
			}
			here = path + "/" + name
		}
		list = append(list, place{x, i, here})
		list = places(x.Content[i], here, list)
	}
	return list
}

// short is the project's document without its texts for people, which only take time here.
func short(t *testing.T) string {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(awalmock.OpenAPI()), &root); err != nil {
		t.Fatal(err)
	}
	var shorten func(x *yaml.Node)
	shorten = func(x *yaml.Node) {
		var kept []*yaml.Node
		for i, item := range x.Content {
			if x.Kind == yaml.MappingNode && i%2 == 0 {
				name, value := item.Value, x.Content[i+1]
				if name == "x-requirements" || name == "externalDocs" || name == "tags" {
					continue
				}
				if name == "description" && value.Kind == yaml.ScalarNode {
					value.Value, value.Style = "d", 0
				}
				shorten(value)
				kept = append(kept, item, value)
			} else if x.Kind != yaml.MappingNode {
				shorten(item)
				kept = append(kept, item)
			}
		}
		x.Content = kept
	}
	shorten(&root)
	text, err := yaml.Marshal(&root)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// mutate changes one place of a document by chance, and says what it did.
func mutate(t *testing.T, document string, r *rand.Rand) (changed []byte, did string) {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(document), &root); err != nil {
		t.Fatal(err)
	}
	all := places(root.Content[0], "", nil)
	p := all[r.IntN(len(all))]
	other := all[r.IntN(len(all))]
	scalar := func(tag, value string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
	}
	switch r.IntN(9) {
	case 0:
		from := p.index
		if p.parent.Kind == yaml.MappingNode {
			from--
		}
		p.parent.Content = append(p.parent.Content[:from:from], p.parent.Content[p.index+1:]...)
		did = "deleted"
	case 1:
		p.parent.Content[p.index], did = scalar("!!null", "null"), "made null"
	case 2:
		p.parent.Content[p.index], did = &yaml.Node{Kind: yaml.MappingNode}, "made {}"
	case 3:
		p.parent.Content[p.index], did = &yaml.Node{Kind: yaml.SequenceNode}, "made []"
	case 4:
		p.parent.Content[p.index], did = scalar("!!str", "x"), "made x"
	case 5:
		p.parent.Content[p.index], did = scalar("!!int", strconv.Itoa(r.IntN(9)-2)), "made a number"
	case 6:
		p.parent.Content[p.index], did = copyOf(other.parent.Content[other.index]), "replaced by "+other.path
	case 7:
		if p.parent.Kind == yaml.MappingNode {
			p.parent.Content[p.index-1].Value, did = "renamed", "renamed"
		}
	case 8:
		refs := refsOf(all)
		from, to := refs[r.IntN(len(refs))], refs[r.IntN(len(refs))]
		p = from
		did = "retargeted to " + to.parent.Content[to.index].Value
		from.parent.Content[from.index].Value = to.parent.Content[to.index].Value
	}
	text, err := yaml.Marshal(&root)
	if err != nil {
		t.Fatal(err)
	}
	return text, p.path + " " + did
}

// copyOf copies a node with all that is in it: a part may be put into itself.
func copyOf(x *yaml.Node) *yaml.Node {
	same := *x
	same.Content = make([]*yaml.Node, len(x.Content))
	for i, item := range x.Content {
		same.Content[i] = copyOf(item)
	}
	return &same
}

func refsOf(all []place) []place {
	var refs []place
	for _, p := range all {
		if p.parent.Kind == yaml.MappingNode && p.parent.Content[p.index-1].Value == "$ref" {
			refs = append(refs, p)
		}
	}
	return refs
}

// smallFixtures are enough for every operation to have something to show, and quick to make.
var smallFixtures = fstest.MapFS{"workspaces/small.yaml": {Data: []byte(`workspace: your-workspace
client_id: your-client-id
hmac_secret: your-hmac-secret
numbers:
  - {phone_number_id: '123456', phone: '966500000001', verified_name: Small, conversations: 12}
templates:
  - {id: 1, name: welcome, language: ar, category: UTILITY, body: 'Hello {{1}}'}
`)}}

var hasLine = regexp.MustCompile(`copy\.yaml:[0-9]+: `)

// mutants is how many documents are tried; MUTATED_DOCUMENTS tries more.
func mutants(t *testing.T) int {
	n := 150
	if testing.Short() {
		n = 30
	}
	if text := os.Getenv("MUTATED_DOCUMENTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func TestADocumentThatIsChangedAnywhereIsRefusedWithItsLineOrServed(t *testing.T) {
	t.Parallel()
	document := short(t)
	own, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	n, seed := mutants(t), uint64(1)
	served := 0
	for i := range n {
		data, did := mutate(t, document, rand.New(rand.NewPCG(seed, uint64(i))))
		if problem, ok := tryDocument(data, own.operations()); problem != "" {
			t.Errorf("%d: %s: %s", i, did, problem)
		} else if ok {
			served++
		}
	}
	if served < n/8 || served > n*19/20 {
		t.Errorf("%d of %d documents were served: the test tries too little", served, n)
	}
}

// tryDocument starts a mock with a document and asks for each operation. problem is what must never be; served reports
// that the document was accepted.
func tryDocument(data []byte, operations []operation) (problem string, served bool) {
	defer func() {
		if p := recover(); p != nil {
			problem = fmt.Sprintf("panic: %v", p)
		}
	}()
	s, err := server.New(server.Options{
		Spec: data, SpecName: "copy.yaml", Fixtures: smallFixtures, Auth: "off", RateLimit: "off",
		Clock: time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		switch text := err.Error(); {
		case strings.Contains(text, "panic"):
			return text, false
		case !hasLine.MatchString(text):
			return "refused without a line: " + text, false
		}
		return "", false
	}
	defer s.Close()
	contract, err := readContract(data)
	for _, op := range operations {
		request := httptest.NewRequest(op.method, s.BasePath()+op.target, strings.NewReader(op.body))
		if op.body != "" {
			request.Header.Set("Content-Type", op.contentType)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, request)
		a := &answer{status: w.Code, header: w.Header(), body: w.Body.Bytes()}
		if a.status >= http.StatusInternalServerError {
			return fmt.Sprintf("%s: %d %s", op.id, a.status, a.body), true
		}
		if err == nil && a.status < 300 {
			if v := contract.violation(op.method, base+op.target, a); v != nil {
				return fmt.Sprintf("%s: %d %s: %v", op.id, a.status, a.body, v), true
			}
		}
	}
	return "", true
}
