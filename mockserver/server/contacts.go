package server

import (
	"fmt"
	"iter"
	"time"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
)

// contacts is what the collection of contacts does beyond x-collection (vendor pages api/contacts/…): each conversation has a contact
// with its phone (I).
func contacts(t *workspaceEntry) *collection.Resource {
	return &collection.Resource{
		Hooks: collection.Hooks{
			Defaults:   map[string]any{"is_favorite": false},
			Indexed:    []string{"phone"},
			References: map[string]string{"contact_group_id": "contact_groups", "branch_id": "branches"},
			Uploads:    map[string]string{"file": "avatar"},
			Address:    t.address("contacts"),
			BeforePut: func(c *sandbox.RecordCommand, _ string, _, next collection.Record) error {
				dropEmpty(next, "email")
				if err := refer(c, next, "contact_group_id", "contact_groups"); err != nil {
					return err
				}
				return refer(c, next, "branch_id", "branches")
			},
			AfterPut:    followContact,
			AfterDelete: deleteConversations,
			// Who has conversations has to stay, or what is sent to them would have no contact.
			AfterReplace: keepCustomers,
			Customer: func(id int64, d sandbox.ConversationCreated, at time.Time) collection.Record {
				record := contactOf(id, d.Phone, d.Name, at)
				if d.Email != "" {
					record["email"] = d.Email
				}
				return record
			},
		},
		Lazy:    true,
		Seeds:   t.checkContacts,
		Further: t.contactsOfConversations,
		Last:    t.lastOfConversations,
	}
}

// contactIDs are the ids of contacts that the workspace begins with, by phone, of those that are wanted: those that the fixture gives,
// the id of the first conversation with the phone where that is free, else the next that is (I). last is the greatest id of all.
func (t *workspaceEntry) contactIDs(begin sandbox.Beginning, wanted func(phone string) bool) (ids map[string]int64, last int64) {
	written := t.fixture.Records["contacts"]
	ids, taken := map[string]int64{}, map[int64]bool{}
	if n := len(begin.Conversations); n > 0 {
		last = begin.Conversations[n-1].ID
	}
	for _, w := range written {
		id, _ := w.Value["id"].(int64)
		ids[phoneOf(w.Value)], taken[id], last = id, true, max(last, id)
	}
	crossed := map[string]bool{} // whose conversations have the id of another contact
	for i := range begin.Conversations {
		if c := &begin.Conversations[i]; taken[c.ID] {
			crossed[c.Phone] = true
		}
	}
	for i := range begin.Conversations {
		c := &begin.Conversations[i]
		if !crossed[c.Phone] && !wanted(c.Phone) {
			continue
		}
		if _, known := ids[c.Phone]; known {
			continue
		}
		if ids[c.Phone] = c.ID; taken[c.ID] {
			last++
			ids[c.Phone] = last
		}
	}
	for _, w := range written {
		if phone := phoneOf(w.Value); ids[phone] == 0 {
			last++
			ids[phone] = last
		}
	}
	return ids, last
}

// lastOfConversations is the greatest id of the contacts that conversations bring.
func (t *workspaceEntry) lastOfConversations(begin sandbox.Beginning) int64 {
	_, last := t.contactIDs(begin, func(string) bool { return false })
	for _, w := range t.fixture.Records["contacts"] {
		if _, given := w.Value["id"].(int64); !given {
			last--
		}
	}
	return last
}

// phoneOf is the phone of a record as a fixture writes it, with or without quotes.
func phoneOf(record map[string]any) string { return fmt.Sprint(record["phone"]) }

// checkContacts refuses a contact of the fixture whose conversation has another name.
func (t *workspaceEntry) checkContacts(begin sandbox.Beginning) ([]collection.Seed, error) {
	written := map[string]seed.Record{}
	for _, w := range t.fixture.Records["contacts"] {
		written[phoneOf(w.Value)] = w
	}
	for i := range begin.Conversations {
		c := &begin.Conversations[i]
		if w, has := written[c.Phone]; has && c.Name != "" && c.Name != w.Value["name"] {
			return nil, &collection.SeedError{Where: w.Where, Collection: "contacts", Err: fmt.Errorf("name is %q, and the conversation %d with the same phone has %q", w.Value["name"], c.ID, c.Name)}
		}
	}
	return nil, nil
}

// contactsOfConversations are the contacts of the conversations that a workspace begins with, but for those that the fixture gives.
func (t *workspaceEntry) contactsOfConversations(begin sandbox.Beginning) iter.Seq[collection.Record] {
	return func(yield func(collection.Record) bool) {
		ids, _ := t.contactIDs(begin, func(string) bool { return true })
		for _, w := range t.fixture.Records["contacts"] {
			delete(ids, phoneOf(w.Value))
		}
		for i := range begin.Conversations {
			c := &begin.Conversations[i]
			id, open := ids[c.Phone]
			if !open {
				continue
			}
			delete(ids, c.Phone)
			if !yield(contactOf(id, c.Phone, c.Name, c.CreatedAt)) {
				return
			}
		}
	}
}

// contactOf is the contact of a conversation: the phone is its name when none is known (I).
func contactOf(id int64, phone, name string, created time.Time) collection.Record {
	if name == "" {
		name = phone
	}
	return collection.Record{"id": id, "name": name, "phone": phone, "is_favorite": false, "created_at": created.UTC().Format(time.RFC3339)}
}

// followContact gives the conversations of a contact its new name and phone.
func followContact(c *sandbox.RecordCommand, _ string, old, next collection.Record) error {
	phone, name := str(next, "phone"), str(next, "name")
	if old == nil || str(old, "phone") == phone && str(old, "name") == name {
		return nil
	}
	for _, id := range c.Conversations(str(old, "phone")) {
		if err := c.Append(sandbox.CustomerChanged{Conversation: id, Phone: phone, Name: name}); err != nil {
			return err
		}
	}
	return nil
}

// deleteConversations deletes the conversations of a contact, with messages (D), statuses and tickets (I).
func deleteConversations(c *sandbox.RecordCommand, _ string, old collection.Record) error {
	for _, id := range c.Conversations(str(old, "phone")) {
		if err := c.Append(sandbox.ConversationDeleted{Conversation: id}); err != nil {
			return err
		}
	}
	return nil
}

// keepCustomers refuses contacts in the place of others if a conversation would lose its own, and gives the conversations their names.
func keepCustomers(blocks [][]sandbox.Record) (func(c *sandbox.RecordCommand) error, error) {
	names := map[string]string{}
	for _, records := range blocks {
		for i := range records {
			record, err := collection.Decode(records[i].Text)
			if err != nil {
				return nil, err
			}
			names[str(record, "phone")] = str(record, "name")
		}
	}
	return func(c *sandbox.RecordCommand) error {
		for _, of := range c.AllConversations() {
			name, has := names[of.Phone]
			if !has {
				return engine.Invalid(engine.Detail{Field: "body", Text: fmt.Sprintf("has no contact with the phone %s, with whom conversation %d is", of.Phone, of.ID)})
			}
			if name == of.Name || of.Name == "" && name == of.Phone {
				continue
			}
			if err := c.Append(sandbox.CustomerChanged{Conversation: of.ID, Phone: of.Phone, Name: name}); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// nameConversations gives conversations without a name that of their customer in the fixture.
func (t *workspaceEntry) nameConversations(all []sandbox.Conversation) {
	written := t.fixture.Records["contacts"]
	if len(written) == 0 || t.resources["contacts"] == nil {
		return
	}
	names := map[string]string{}
	for _, w := range written {
		names[phoneOf(w.Value)], _ = w.Value["name"].(string)
	}
	for i := range all {
		if all[i].Name == "" {
			all[i].Name = names[all[i].Phone]
		}
	}
}
