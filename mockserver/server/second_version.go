package server

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// The address of the second version (D, vendor page api/versioning), and how a request to the first one asks for it (D).
const (
	secondBase    = "/api/v2/developer"
	versionHeader = "X-Api-Version"
	secondVersion = "v2"
)

// loadSecond loads the document of the second version; nil: there is none.
func loadSecond(o *Options) (*spec.Document, error) {
	if o.SpecV2 == nil {
		return nil, nil
	}
	document, err := loadDocument(o.SpecV2, o.SpecV2Name)
	if err == nil && document.BasePath != secondBase {
		err = fmt.Errorf("%s:%d: servers: the base path of the second version must be %s, and is %s", o.SpecV2Name, max(1, document.Line("/servers")), secondBase, document.BasePath)
	}
	return document, err
}

// withSecond lets the second version be answered: by its own document, with the workspaces of the first one. Its collections keep
// their records where the first one's of the same name do.
func (s *service) withSecond(first http.Handler) (http.Handler, error) {
	if s.second == nil {
		return first, nil
	}
	v2 := &service{Server: s.Server, document: s.second}
	var err error
	if v2.collections, err = compileCollections(s.second); err == nil {
		err = v2.fits(s.workspaces.set)
	}
	if err == nil {
		v2.workspaces, err = s.workspaces.seenBy(s.second, v2.collections)
	}
	if err != nil {
		return nil, err
	}
	second := engine.New(v2.newEngine())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch target, asked := strings.CutPrefix(r.RequestURI, s.document.BasePath); {
		case r.URL.Path == secondBase || strings.HasPrefix(r.URL.Path, secondBase+"/"):
			second.ServeHTTP(w, r)
		case asked && r.Header.Get(versionHeader) == secondVersion:
			moved := r.Clone(r.Context())
			moved.RequestURI = secondBase + target
			moved.URL.Path = secondBase + strings.TrimPrefix(r.URL.Path, s.document.BasePath)
			moved.URL.RawPath = ""
			second.ServeHTTP(w, moved)
		default:
			first.ServeHTTP(w, r)
		}
	}), nil
}

// noSecond is said to who asks for the second version when there is none; "": the path is another one.
func (s *service) noSecond(path string) string {
	if s.second != nil || path != secondBase && !strings.HasPrefix(path, secondBase+"/") {
		return ""
	}
	return "There is no second version: start the mock with --spec-v2 FILE, a document whose base path is " + secondBase + "."
}

// seenBy are the same workspaces at any time, shown by another document.
func (ts *workspaces) seenBy(document *spec.Document, collections []*collection.Collection) (*workspaces, error) {
	var mu sync.Mutex
	cache := map[*workspaceEntry]*workspaceEntry{}
	show := func(t *workspaceEntry) (*workspaceEntry, error) {
		mu.Lock()
		defer mu.Unlock()
		if shown := cache[t]; shown != nil {
			return shown, nil
		}
		shown, err := t.withDocument(document, collections)
		if err == nil {
			cache[t] = shown
		}
		return shown, err
	}
	for _, t := range ts.all() {
		if _, err := show(t); err != nil {
			return nil, err
		}
	}
	return &workspaces{options: ts.options, set: ts.set, store: ts.store, of: ts, show: show}, nil
}

// withDocument returns the same workspace, shown by another document.
func (t *workspaceEntry) withDocument(document *spec.Document, collections []*collection.Collection) (*workspaceEntry, error) {
	same := *t
	same.view, same.commands, same.webhooks = view.New(document, t.invent), view.NewCommands(document, t.invent), view.NewWebhooks(document, t.invent)
	return &same, same.newResources(collections)
}
