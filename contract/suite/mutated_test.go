package suite

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock"
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
	"example.com/awalmock/contract/specs"
)

// nodesOf are all nodes below one, each with its parent and place, so that it can be replaced.
func nodesOf(n *yaml.Node, out *[]**yaml.Node) {
	for i := range n.Content {
		if n.Kind != yaml.MappingNode || i%2 == 1 {
			*out = append(*out, &n.Content[i])
		}
		nodesOf(n.Content[i], out)
	}
}

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func mapping(pairs ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: pairs}
}

// mutated is the contract with one place changed.
func mutated(t *testing.T, random *rand.Rand) []byte {
	t.Helper()
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(awalmock.OpenAPI()), &tree); err != nil {
		t.Fatal(err)
	}
	var places []**yaml.Node
	nodesOf(&tree, &places)
	at := places[random.IntN(len(places))]
	old := *at
	list := func(items ...*yaml.Node) *yaml.Node {
		return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
	}
	replacements := []*yaml.Node{
		scalar("!!null", "null"), scalar("!!str", ""), scalar("!!str", "x"), scalar("!!int", "-1"), scalar("!!int", "999999999999"), scalar("!!bool", "true"),
		mapping(), list(), list(scalar("!!null", "null")), list(old, old),
		mapping(scalar("!!str", "allOf"), list(old)), mapping(scalar("!!str", "oneOf"), list(old, old)),
		mapping(scalar("!!str", "$ref"), scalar("!!str", "#/components/schemas/ListSection")),
		mapping(scalar("!!str", "$ref"), scalar("!!str", "#/components/schemas/Error")),
		mapping(scalar("!!str", "type"), scalar("!!str", "object"), scalar("!!str", "required"), list(scalar("!!str", "nothing"))),
		mapping(scalar("!!str", "type"), scalar("!!str", "array"), scalar("!!str", "minItems"), scalar("!!int", "999999999")),
		mapping(scalar("!!str", "type"), scalar("!!str", "string"), scalar("!!str", "maxLength"), scalar("!!int", "999999999999")),
	}
	switch n := random.IntN(len(replacements) + 2); {
	case n < len(replacements):
		*at = replacements[n]
	case n == len(replacements) && old.Kind == yaml.MappingNode && len(old.Content) > 1: // without one of its keys
		i := 2 * random.IntN(len(old.Content)/2)
		old.Content = slices.Delete(slices.Clone(old.Content), i, i+2)
	default:
		old.Kind, old.Content, old.Tag, old.Value = yaml.ScalarNode, nil, "!!str", "^(?=x)$"
	}
	out, err := yaml.Marshal(&tree)
	if err != nil {
		return []byte("openapi: [")
	}
	return out
}

// settled loads a document as a session does, without what catches panics.
func settled(text []byte) error {
	cfg := run.Config{Spec: text, SpecName: "mutated.yaml"}
	if err := cfg.Resolve(); err != nil {
		return err
	}
	doc, err := document.Load("mutated.yaml", text)
	if err != nil {
		return err
	}
	if _, err := judge.New(doc, false); err != nil {
		return err
	}
	_, err = specs.All(doc)
	return err
}

func TestEachMutatedDocumentIsCheckedOrRefusedInOneLine(t *testing.T) {
	t.Parallel()
	n := 100
	if testing.Short() {
		n = 6
	}
	if text := os.Getenv("AWALMOCK_MUTATED"); text != "" {
		_, _ = fmt.Sscan(text, &n)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	refused := 0
	for i := range n {
		document := mutated(t, random)
		done := make(chan error, 1)
		go func() {
			defer func() {
				if r := recover(); r != nil {
					done <- fmt.Errorf("PANIC: %v", r)
				}
			}()
			done <- settled(document)
		}()
		select {
		case err := <-done:
			if err != nil {
				refused++
				if strings.HasPrefix(err.Error(), "PANIC") || strings.TrimSpace(err.Error()) == "" {
					t.Fatalf("seed %d, document %d: %v", seed, i, err)
				}
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("seed %d, document %d: it does not end", seed, i)
		}
	}
	if n >= 30 && (refused == 0 || refused == n) {
		t.Errorf("%d of %d documents were refused", refused, n)
	}
}

func TestDocumentsOfOtherPeopleAreCheckedOrRefusedInOneLine(t *testing.T) {
	t.Parallel()
	insert := func(schema string) string {
		return strings.Replace(awalmock.OpenAPI(), "\n    ListSection:\n", "\n    ListSection:\n"+schema+"    OldSection:\n", 1)
	}
	for name, document := range map[string]string{
		"no type":                 insert("      properties: {title: {type: string}, rows: {items: {properties: {id: {type: string}}}}}\n"),
		"allOf":                   insert("      allOf: [{$ref: '#/components/schemas/OldSection'}]\n"),
		"a required name unknown": insert("      type: object\n      required: [nothing]\n"),
		"a request in a circle":   insert("      type: object\n      properties: {kids: {type: array, items: {$ref: '#/components/schemas/ListSection'}}, rows: {type: array, items: {type: object}}}\n"),
		"a circle that must be":   insert("      type: object\n      required: [kid]\n      properties: {kid: {$ref: '#/components/schemas/ListSection'}}\n"),
		"made of itself":          insert("      allOf: [{$ref: '#/components/schemas/ListSection'}]\n"),
		"no schema at all":        insert("      {}\n"),
		"null":                    insert("      null\n"),
		"not this kind":           "openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n",
		"two lines":               "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n  /x:\n",
		"without an answer":       "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n  /x: {get: {operationId: x}}\n",
		"an empty media type":     "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n  /x: {get: {operationId: x, responses: {'200': {description: x, content: {application/json: }}}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newSession(run.Config{Spec: []byte(document), SpecName: "other.yaml"})
			if err != nil && (strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "nil pointer") || !strings.Contains(err.Error(), "other.yaml")) {
				t.Errorf("%v", err)
			}
			if strings.HasPrefix(name, "made") && err == nil {
				t.Error("a schema that nothing fits was taken")
			}
		})
	}
}
