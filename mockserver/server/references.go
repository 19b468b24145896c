package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/view"
)

// storageHost is where the vendor's answers say that uploaded files lie (E, vendor page api/contacts/create-contact).
const storageHost = "https://storage.awalchat.com"

// refer makes a number of an id that a form gave as text. It is refused when the collection has no record with it (I); an empty text
// means none (I).
func refer(c *sandbox.RecordCommand, record collection.Record, property, to string) error {
	id, isText := record[property].(string)
	switch {
	case !isText:
		return nil
	case id == "":
		delete(record, property)
		return nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err == nil && strconv.FormatInt(n, 10) == id {
		_, err = c.Record(to, id)
	} else {
		err = strconv.ErrSyntax
	}
	if err != nil {
		return engine.Invalid(engine.Detail{Field: property, Text: fmt.Sprintf("must be the id of one of the workspace's %s", to)})
	}
	record[property] = json.Number(id)
	return nil
}

// dropEmpty removes properties that are an empty text: it means that there is none (I).
func dropEmpty(record collection.Record, properties ...string) {
	for _, name := range properties {
		if record[name] == "" {
			delete(record, name)
		}
	}
}

// unlink removes a property from all records of a collection in which it is the id, and gives how many there were.
func (t *workspaceEntry) unlink(c *sandbox.RecordCommand, from, property, id string) (int, error) {
	linked, err := t.linked(c, from, property, id)
	if err != nil {
		return 0, err
	}
	for _, kept := range linked {
		record, err := collection.Decode(kept.Text)
		if err != nil {
			return 0, err
		}
		delete(record, property)
		text, err := view.Marshal(record)
		if err == nil {
			err = c.Put(from, kept.ID, text)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(linked), nil
}

// linked are the records of a collection in which a property is the id.
func (t *workspaceEntry) linked(c *sandbox.RecordCommand, in, property, id string) ([]*sandbox.Record, error) {
	r := t.resources[in]
	if r == nil || !r.Has(property) {
		return nil, nil
	}
	return c.Find(in, r.Filter(property, id))
}

// address is where an uploaded file is said to lie (E host, I path). A name that means a folder is not kept.
func (t *workspaceEntry) address(kind string) func(id, fileName string) string {
	return func(id, fileName string) string {
		if fileName == "." || fileName == ".." {
			fileName = "file"
		}
		return fmt.Sprintf("%s/%s/%s/%s/%s", storageHost, t.fixture.Workspace, kind, id, url.PathEscape(cutBytes(fileName, longestFileName)))
	}
}
