package sandbox

import "slices"

// madeMessages finds the conversations of messages that were made since the start. Ids ascend but for those of planned messages,
// so two slices hold nearly all of them: a million cost a third of a map's time, and nothing of the garbage collector's.
type madeMessages struct {
	ids, conversations []int64         // ids ascending
	late               map[int64]int64 // conversations by the ids that came after higher ones
}

func (m *madeMessages) add(id, conversation int64) {
	if n := len(m.ids); n == 0 || m.ids[n-1] < id {
		m.ids, m.conversations = append(m.ids, id), append(m.conversations, conversation)
		return
	}
	if m.late == nil {
		m.late = map[int64]int64{}
	}
	m.late[id] = conversation
}

// conversation is the conversation of the message with an id; false: there is no such message.
func (m *madeMessages) conversation(id int64) (int64, bool) {
	if n := len(m.ids); n > 0 && id <= m.ids[n-1] {
		if i, found := slices.BinarySearch(m.ids, id); found {
			return m.conversations[i], true
		}
	}
	conversation, ok := m.late[id]
	return conversation, ok
}
