package judge

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// A Judge has what the rules need in addition to the exchange, such as the compiled schemas.
type Judge struct {
	doc      *document.Document
	schemas  map[*document.Media]*compiled
	webhooks map[string]*compiled // of their bodies, by name
	folded   bool                 // a search may find rows that contain the term only if similar Arabic letters are taken for the same letter

	// WholeThread reports whether an answer certainly has all messages of a conversation; nil: never. It is set before the first exchange is judged.
	WholeThread func(*exchange.Thread) bool

	mu    sync.Mutex
	found map[checkedBody][]violation // the violations of bodies that were checked before
}

type checkedBody struct {
	op     string
	status int
	sum    [32]byte
}

// New compiles the schemas of a document. Errors say what is wrong with the document.
func New(doc *document.Document, folded bool) (*Judge, error) {
	j := &Judge{doc: doc, schemas: map[*document.Media]*compiled{}, webhooks: map[string]*compiled{}, folded: folded, found: map[checkedBody][]violation{}}
	made := &compiler{made: map[*openapi3.Schema]*compiled{}}
	for _, op := range doc.Operations {
		for _, r := range op.AllResponses() {
			for _, name := range slices.Sorted(maps.Keys(r.Media)) {
				m := r.Media[name]
				s, err := made.compile(m.Schema, m.Place)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", doc.Name, err)
				}
				j.schemas[m] = s
			}
		}
	}
	hooks, _ := doc.Webhooks() // a document without any has none to judge
	for _, w := range hooks {
		s, err := made.compile(w.Schema, w.Place.Pointer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doc.Name, err)
		}
		j.webhooks[w.Name] = s
	}
	return j, nil
}

// violations are the breaches of the schema that the contract has for an answer of this status and media type.
func (j *Judge) violations(e *exchange.Exchange) []violation {
	documented := e.Request.Op.Response(e.Status)
	if documented == nil || e.Content == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	key := checkedBody{e.Request.Op.ID, e.Status, e.Sum}
	found, ok := j.found[key]
	if !ok {
		j.schemas[documented.Media["application/json"]].check(e.Content.Value, "", &found)
		j.found[key] = found
	}
	return found
}
