package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// statusProgress follows a sent message through its statuses.
func statusProgress() Specs {
	return Describe("the status of a sent message", BeforeEach(ownWorkspace),
		It("shows a sent message as delivered and then as read within a day, in the status list and in the conversation", Requirement("STATUS-PROGRESS"), func(t *T) {
			conversation, message := t.sentToCustomer()
			last := t.statusOf(conversation, message)
			t.checkAgrees(last)
			for _, step := range clockSteps() {
				if last.listed.Status == "read" {
					break
				}
				t.advance(step)
				now := t.statusOf(conversation, message)
				t.checkAgrees(now)
				t.checkForward(last, now)
				last = now
			}
			t.About(last.from...).Check(last.listed.Status).To(match.At(last.pointer(), match.Equal("read")), "a sent message is not read within a day")
		}, Operation(document.GetMessageStatus)),
		It("moves the status of a message forward, and refuses to move it back", Requirement("CONTROL-STATUS-FORWARD"), func(t *T) {
			conversation, message := t.sentToCustomer()
			path := "/messages/" + strconv.FormatInt(message, 10)
			t.do(t.ToControl(http.MethodPatch, path, t.Workspace.Domain, map[string]any{"status": "read"}), exchange.Wanted{Status: http.StatusOK, Shows: shownOfMessage()}, &controlledMessage{})
			for _, earlier := range []string{"delivered", "failed"} {
				before := t.statusOf(conversation, message)
				t.About(before.from...).Expect(before.listed.Status).To(match.At(before.pointer(), match.Equal("read")), "a message does not show the status that was set")
				refused := t.askControl(http.MethodPatch, path, map[string]any{"status": earlier})
				t.expectRefusal(refused, http.StatusConflict, fmt.Sprintf("moving a read message back to %s was not refused", earlier))
				after := t.statusOf(conversation, message)
				both := after.listed.Status + " in the status list, " + after.shown.Status + " in the conversation"
				t.About(append([]*exchange.Exchange{refused}, after.from...)...).Expect(both).To(match.At(after.pointer(), match.Equal("read in the status list, read in the conversation")), "a status went back")
			}
		}, Operation(document.Control)),
	)
}

// A sentStatus is what the status list and the conversation say of one message.
type sentStatus struct {
	listed exchange.StatusRow
	shown  exchange.Message
	from   []*exchange.Exchange
}

func (s *sentStatus) pointer() string { return s.listed.Pointer + "/status" }

// statusOf reads the status of a message in the status list and in its conversation. If one of them lacks the message, the case ends.
func (t *T) statusOf(conversation, message int64) sentStatus {
	list, thread := t.statuses(), t.read(conversation)
	listed, there := list.NewestStatus()[message]
	s := sentStatus{listed: listed, from: []*exchange.Exchange{thread.From, list.From}}
	for _, m := range thread.Messages {
		if m.ID == message {
			s.shown = m
		}
	}
	if !there || s.shown.ID != message {
		t.Lacks("a sent message that the status list and its conversation show")
	}
	return s
}

// sentToCustomer sends a text to the customer of a new conversation, and returns the ids of both.
func (t *T) sentToCustomer() (conversation, message int64) {
	c := t.create()
	return c.ID, t.sends(t.textTo(c.Phone, t.uniqueText("Here we are"))).id
}

// clockSteps are the steps of the clock: seconds first, then longer ones, together most of a day. The vendor does not say how long a status takes.
func clockSteps() []time.Duration {
	return []time.Duration{
		time.Second, time.Second, time.Second, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 12 * time.Hour,
	}
}

// checkAgrees expects the status list and the conversation to show the same status.
func (t *T) checkAgrees(s sentStatus) {
	t.About(s.from...).Check(s.listed.Status).To(match.At(s.pointer(), match.Equal(s.shown.Status)), "status list and conversation disagree on the status of a message")
}

// checkForward expects that neither the status nor its time went backwards.
func (t *T) checkForward(last, now sentStatus) {
	about := t.About(slices.Concat(last.from, now.from)...)
	about.Check(now.listed.Status).To(match.At(now.pointer(), match.BeAsFarAs(last.listed.Status)), "the status of a sent message went back as time passed")
	about.Check(now.listed.At).To(match.At(now.listed.Pointer+"/timestamp", match.BeNoEarlierThan(last.listed.At)), "the time of a status went back")
}
