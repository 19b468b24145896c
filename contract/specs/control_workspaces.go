package specs

import (
	"net/http"
	"slices"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// controlAPI are the specs of the control API itself.
func controlAPI() Specs {
	return Describe("the control API itself", Operation(document.Control), BeforeEach(ownWorkspace), workspaces(), clockAndUnread(), faults(), journal())
}

func workspaces() Specs {
	return Describe("workspaces",
		It("creates a workspace once, and refuses its credentials after it is removed", Requirement("CONTROL-WORKSPACES"), func(t *T) {
			again := t.answer(t.ToControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": t.Workspace.Domain}))
			t.expectRefusal(again, http.StatusConflict, "creating a workspace that exists already was not refused")
			t.checkListed(true)
			t.do(t.ToControl(http.MethodDelete, "/workspaces/"+t.Workspace.Domain, "", nil), exchange.Wanted{Status: http.StatusNoContent}, nil)
			t.checkListed(false)
			late := t.To(t.Document.Operation(document.ListConversations), 0).AnyAnswer()
			late.Proper = false
			t.Check(t.answer(late)).To(match.HaveStatus(http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound), "the credentials of a workspace that was removed are still accepted")
		}),
		It("answers an unknown workspace with 404", Requirement("CONTROL-UNKNOWN-WORKSPACE"), func(t *T) {
			unknown := t.Workspace.Domain + "-not"
			for _, r := range []*exchange.Request{
				t.ToControl(http.MethodGet, "/clock", unknown, nil),
				t.ToControl(http.MethodPost, "/conversations", unknown, map[string]any{"phone": "966550000000"}),
				t.ToControl(http.MethodGet, "/faults", unknown, nil),
				t.ToControl(http.MethodDelete, "/workspaces/"+unknown, "", nil),
			} {
				t.expectRefusal(t.answer(r), http.StatusNotFound, "a workspace that does not exist was not answered with 404")
			}
		}),
		It("keeps conversations, time and faults of workspaces apart", Requirement("CONTROL-ISOLATION"), func(t *T) {
			t.Check(t.list().From).To(match.HaveNoRows(), "a new workspace has conversations")
			t.Check(t.statuses().From).To(match.HaveNoRows(), "a new workspace has sent messages")
			began, before := t.Client.Now(), t.clock(t.Target.First.Domain)
			name := t.uniqueText("Stranger غريب")
			t.createWith(map[string]any{"name": name})
			t.advance(2 * judge.ExpiresAfter)
			t.setFaults(map[string]any{"status": http.StatusServiceUnavailable})
			inFirst := t.answer(t.Session.To(t.Document.Operation(document.ListConversations), 0, exchange.Param("searchTerm", name)))
			t.Check(inFirst).To(match.HaveNoRows(), "a conversation of one workspace is in the list of another")
			after := t.clock(t.Target.First.Domain)
			t.Check(after.Now).To(match.NotBeLaterThan(t.Client.Now().Sub(began)+time.Hour, before.Now), "the clock of one workspace moved when another clock was advanced")
		}),
	)
}

func clockAndUnread() Specs {
	return Describe("the clock and unread messages",
		It("moves the clock forward, and refuses to move it back", Requirement("CONTROL-CLOCK"), func(t *T) {
			begun := t.clock(t.Workspace.Domain)
			t.Check(begun.Stopped).To(match.Equal(true), "a clock that was stopped is not shown as stopped")
			want := begun.Now.Add(90 * time.Minute)
			t.advance(90 * time.Minute)
			t.Expect(t.clock(t.Workspace.Domain).Now).To(match.Equal(want), "the clock does not show the time that was set")
			for _, back := range []map[string]any{
				{"set": begun.Now.Add(-time.Second).Format(time.RFC3339)},
				{"set": want.Add(-time.Second).Format(time.RFC3339)},
				{"advance": "-1s"},
			} {
				refused := t.askControl(http.MethodPost, "/clock", back)
				t.expectRefusal(refused, http.StatusConflict, "a clock that is set back was not refused")
				t.About(refused).Expect(t.clock(t.Workspace.Domain).Now).To(match.Equal(want), "the clock does not show the time that was set")
			}
		}),
		It("refuses to mark more messages as unread than there are", Requirement("CONTROL-UNREAD-BOUND"), func(t *T) {
			conversation := t.createUnread().ID
			t.receive(conversation, t.uniqueText("Hello?"))
			for _, n := range []int64{0, 1, 2, 1} {
				t.change(conversation, map[string]any{"unread_count": n})
				t.Check(t.rowByID(conversation)).To(match.HaveUnread(n), "unread_count is not the number that was set")
			}
			refused := t.askControl(http.MethodPatch, conversationPath(conversation), map[string]any{"unread_count": 3, "closed": true})
			t.expectRefusal(refused, http.StatusBadRequest, "more unread messages than there are were not refused")
			t.About(refused).Check(t.rowByID(conversation)).To(match.HaveUnread(1), "unread_count is not the number that was set")
			t.About(refused).Check(t.read(conversation)).To(match.BeOpen(), "a refused change was made in part")
		}),
	)
}

// checkListed expects the list of workspaces to have the spec's workspace, or not to have it, and to show no secret.
func (t *T) checkListed(want bool) {
	e := t.answer(t.ToControl(http.MethodGet, "/workspaces", "", nil))
	if e.Revealed {
		t.Fail(judge.Finding{Text: "the list of workspaces shows a secret", Expected: "no secret", Actual: "the answer contains one"}, e)
	}
	listed := slices.ContainsFunc(e.Items(), func(row exchange.Item) bool { return row.Text("domain") == t.Workspace.Domain })
	t.About(e).Check(listed).To(match.At("/data", match.Equal(want)), "the list of workspaces does not show which ones exist")
}
