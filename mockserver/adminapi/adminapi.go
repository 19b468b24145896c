// Package adminapi is what the control API of the mock sends and accepts, as Go types: types.go is generated from
// control.yaml, and used by both sides.
package adminapi

import "encoding/json"

// UnmarshalJSON implements json.Unmarshaler. null is JSON's word for none: it sets the zero value, where a property that is
// not given leaves things as they are.
func (c *ConversationChange) UnmarshalJSON(text []byte) error {
	var given struct {
		Assignee    member[string] `json:"assignee"`
		Bot         member[bool]   `json:"bot"`
		Closed      member[bool]   `json:"closed"`
		UnreadCount member[int]    `json:"unread_count"`
	}
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	*c = ConversationChange{Assignee: given.Assignee.value, Bot: given.Bot.value, Closed: given.Closed.value, UnreadCount: given.UnreadCount.value}
	return nil
}

type member[T any] struct{ value *T }

// UnmarshalJSON implements json.Unmarshaler. It is called for null as well, and not for what is not given.
func (m *member[T]) UnmarshalJSON(text []byte) error {
	m.value = new(T)
	return json.Unmarshal(text, m.value)
}
