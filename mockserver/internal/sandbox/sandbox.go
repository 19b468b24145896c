// Package sandbox is the domain of the mock: workspaces with their conversations, messages, tickets and clock.
//
// A workspace is a fold over events: commands check and append events, apply is the only code that changes state, and
// what follows from time alone (delivered, read, expired) is a function of the clock. Entities are never changed once
// they are published: a change publishes a new one, so a reader needs no lock and no copy. The package must never know
// HTTP, JSON, OpenAPI, files or goroutines.
package sandbox

import "time"

// Direction says who wrote a message.
type Direction string

// The two directions (vendor page api/conversations/get-conversation-messages, mark E).
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// A Conversation is one customer's thread with one sending number. Times are UTC in whole seconds.
type Conversation struct {
	ID        int64
	Number    string // the sending number's phone_number_id
	Phone     string // the customer's, digits only
	Name      string // "" when unknown
	Contact   int64  // id of the customer's contact; 0: the conversation was there at the start
	Assignee  string // "": not assigned; the workspace's client id, or any other name
	Bot       bool   // handled by the bot
	Closed    bool
	CreatedAt time.Time
	ChangedAt time.Time // last change by an action, zero if none
	Ticket    *Ticket   // the open ticket, nil if none

	// What the messages add up to; kept here so that a list needs no message.
	LastContent   string
	LastType      string // "" without a message
	LastMessageAt time.Time
	LastInboundAt time.Time
	Unread        int   // inbound messages not yet read by an agent
	FirstMessage  int64 // id of the first message of the block that was set aside at the seed
	Messages      int   // how many messages there are

	seeded    int   // how many there were at the seed
	activeSeq int64 // event of the last message, or of the creation; 0: seeded

	// Rendered is a place to keep what was rendered of this version.
	Rendered *Caches
	// thread holds its messages; versions of a conversation share it until a message changes.
	thread *thread
}

// A Ticket is a support case on a conversation.
type Ticket struct {
	ID       int64
	OpenedAt time.Time
}

// A Message is one message of a conversation. Instants ahead of the clock have not happened yet.
type Message struct {
	ID           int64
	Conversation int64
	WAMID        string // WhatsApp's id, "wamid.…"
	Type         string // text image video audio document sticker location template button list
	Content      string
	Direction    Direction
	Date         time.Time
	// Outbound: when it was delivered, read, failed; zero: never. Inbound: ReadAt is when an agent read it.
	DeliveredAt, ReadAt, FailedAt time.Time
	ReplyTo                       int64 // id of the message it answers, 0 if none
	seq                           int64 // event that made it; 0: seeded
}

// A Number is a sending number of the workspace.
type Number struct {
	ID           string // phone_number_id
	Phone        string
	VerifiedName string
	Quality      string // GREEN, YELLOW, RED
	Status       string // CONNECTED, DISCONNECTED
	CreatedAt    time.Time
}

// A Template is a message template of the workspace.
type Template struct {
	ID       int64
	Name     string
	Language string
	Category string
	Status   string
	Body     string // text with {{1}} or {{name}} placeholders
	Header   string // header format: "" none, TEXT, IMAGE, DOCUMENT, VIDEO, LOCATION
}

// A Population is what a workspace begins with.
type Population struct {
	Numbers       []Number
	Conversations []Conversation // ids ascending; summaries filled in
	// MessagesOf gives the messages of a seeded conversation, oldest first; the same on every call. Safe for concurrent use.
	MessagesOf func(conversation int64) []Message
	// Statuses gives a function, for one goroutine, that appends what MessagesOf gives, but content and WAMID may be missing: for
	// lists of many statuses. nil: MessagesOf gives them.
	Statuses func() func(to []Message, conversation int64) []Message
	// Sources has the place of each hand-written conversation ("your-workspace.yaml:41"), for messages about data that does not fit.
	Sources map[int64]string
	// NextConversation, NextMessage, NextTicket are the first ids that are free.
	NextConversation, NextMessage, NextTicket int64
}
