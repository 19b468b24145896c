package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Customers say how a collection has the customers of the workspace's conversations: each conversation has a record with its phone (I).
type Customers struct {
	// Make makes the record of a customer who has none.
	Make   func(id int64, d ConversationCreated, at time.Time) (RecordText, error)
	Name   func(RecordText) (string, error) // of the customer
	Phone  func(phone string) string        // as Record.Unique has it
	Unique int                              // the place of the phone in CollectionRules.Unique
}

// customers is the collection of the workspace's customers; nil: there is none.
func (s *state) customers() *CollectionRules {
	for _, c := range s.collections {
		if c.rules.Customers != nil {
			return c.rules
		}
	}
	return nil
}

// customer finds the customer of a conversation that begins, or makes one. The customer's name becomes the
// conversation's, also where the event has another one. Without a collection of customers the id is that of the conversation.
func (c *change) customer(d ConversationCreated) (id int64, name string, err error) {
	rules := c.state.customers()
	if rules == nil {
		return d.ID, d.Name, nil
	}
	in, err := c.collection(rules.Name)
	if err != nil {
		return 0, "", err
	}
	of := rules.Customers
	if owner := c.owner(in, of.Unique, of.Phone(d.Phone)); owner != "" {
		name, err := of.Name(c.version(in, owner).Text)
		return wholeID(owner), name, err
	}
	id = c.nextID(in)
	text, err := of.Make(id, d, c.at)
	if err != nil {
		return 0, "", err
	}
	return id, d.Name, RecordPut{rules.Name, strconv.FormatInt(id, 10), text}.apply(c)
}

// Conversations are the ids of the conversations with a phone, before the command changes anything.
func (r *RecordCommand) Conversations(phone string) []int64 {
	var ids []int64
	for i := range r.command.state.numbers {
		in := r.command.state.inboxes[r.command.state.numbers[i].ID]
		if id, has := in.byPhone[phone]; has {
			ids = append(ids, id)
		}
	}
	return ids
}

// AllConversations are all conversations, before the command changes anything, those of a number by id.
func (r *RecordCommand) AllConversations() []*Conversation {
	var all []*Conversation
	for i := range r.command.state.numbers {
		all = append(all, r.command.state.inboxes[r.command.state.numbers[i].ID].byID...)
	}
	return all
}

func (d CustomerChanged) apply(c *change) error {
	e, err := c.edit(d.Conversation)
	if err != nil {
		return err
	}
	if d.Phone != e.Phone {
		if id := c.withPhone(e.Number, d.Phone); id != 0 {
			return fmt.Errorf("conversation %d is with this phone already", id)
		}
		c.setPhone(e.Number, e.Phone, 0)
		c.setPhone(e.Number, d.Phone, e.ID)
	}
	e.Phone, e.Name = d.Phone, d.Name
	return nil
}

func (d ConversationDeleted) apply(c *change) error {
	e, err := c.edit(d.Conversation)
	if err != nil {
		return err
	}
	c.setPhone(e.Number, e.Phone, 0)
	c.deleted = append(c.deleted, d.Conversation)
	return nil
}

// withPhone is the conversation of a number with a phone as the change leaves it; 0: there is none.
func (c *change) withPhone(number, phone string) int64 {
	if id, changed := c.phones[phoneOf{number, phone}]; changed {
		return id
	}
	return c.state.inboxes[number].byPhone[phone]
}

func (c *change) setPhone(number, phone string, conversation int64) {
	if c.phones == nil {
		c.phones = map[phoneOf]int64{}
	}
	c.phones[phoneOf{number, phone}] = conversation
}

// publishDeleted takes the conversations away that were deleted, and what was planned for them.
func (c *change) publishDeleted() {
	s := c.state
	for _, id := range c.deleted {
		old := s.conversations[id]
		s.inboxes[old.Number].remove(old)
		delete(s.conversations, id)
		s.scheduled = slices.DeleteFunc(s.scheduled, func(e Event) bool {
			d, ok := e.Data.(MessageReceived)
			return ok && d.Conversation == id
		})
	}
}

// remove takes a conversation out of the inbox.
func (in *inbox) remove(c *Conversation) {
	in.rows.remove(&row{updated: c.UpdatedAt().Unix(), id: c.ID})
	if c.Unread > 0 {
		in.unread--
	}
	if in.byPhone[c.Phone] == c.ID {
		delete(in.byPhone, c.Phone)
	}
	if i, found := slices.BinarySearchFunc(in.byID, c.ID, func(c *Conversation, id int64) int { return cmp.Compare(c.ID, id) }); found {
		in.byID = slices.Delete(in.byID, i, i+1)
	}
}
