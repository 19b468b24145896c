package suite

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// A judge is what the rules need to know beside the exchange.
type judge struct {
	doc     *contract
	schemas map[*mediaSchema]*shape
	folded  bool                 // a search may find rows that only fit when Arabic letters are taken one for another
	cutTalk func(*talkView) bool // reports whether a conversation was cut short; nil: it is not known

	mu    sync.Mutex
	found map[shapeKey][]violation // breaches of bodies that were checked before
}

type shapeKey struct {
	op     string
	status int
	sum    [32]byte
}

// newJudge compiles the schemas of a document. Errors say what is wrong with the document.
func newJudge(doc *contract, folded bool) (*judge, error) {
	j := &judge{doc: doc, schemas: map[*mediaSchema]*shape{}, folded: folded, found: map[shapeKey][]violation{}}
	made := &shapes{made: map[*openapi3.Schema]*shape{}}
	for _, op := range doc.operations {
		for _, r := range op.allResponses() {
			for _, name := range slices.Sorted(maps.Keys(r.media)) {
				m := r.media[name]
				s, err := made.compile(m.schema, m.place)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", doc.name, err)
				}
				j.schemas[m] = s
			}
		}
	}
	return j, nil
}

// violations are the breaches of the schema that the contract has for an answer of this status and media type.
func (j *judge) violations(e *exchange) []violation {
	documented := e.request.op.response(e.status)
	if documented == nil || e.content == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	key := shapeKey{e.request.op.id, e.status, e.sum}
	found, ok := j.found[key]
	if !ok {
		j.schemas[documented.media["application/json"]].check(e.content.value, "", &found)
		j.found[key] = found
	}
	return found
}
