package webhook_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

func create(t *testing.T, m *mocktest.Mock, e adminapi.NewWebhook) adminapi.Webhook {
	t.Helper()
	made, err := m.Workspace("").CreateEndpoint(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func change(t *testing.T, m *mocktest.Mock, id string, c adminapi.WebhookChange) adminapi.Webhook {
	t.Helper()
	changed, err := m.Workspace("").ChangeEndpoint(t.Context(), id, c)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// refusedFor checks that an error is a refusal of one field.
func refusedFor(t *testing.T, err error, field, part string) {
	t.Helper()
	var refusal *mocktest.ControlError
	if !errors.As(err, &refusal) || !errors.Is(err, mocktest.ErrInvalid) || !strings.Contains(refusal.Details[field], part) {
		t.Errorf("%v is no refusal of %s with %q", err, field, part)
	}
}

func TestWebhooks_EndpointIsAddedBesideOthersThatAreLeftAlone(t *testing.T) {
	t.Parallel()
	m := standing(t)
	first, second := newHook(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) }), newHook(t, ok)
	create(t, m, adminapi.NewWebhook{URL: first.URL, Secret: "its-own-secret"})
	receive(t, m, 1, "one")
	tries(t, m, 1, "dead") // and the endpoint is disabled: it would not be after a PUT
	made := create(t, m, adminapi.NewWebhook{URL: second.URL, Events: []string{"message.received"}, Late: "5s"})
	if made.ID == "" || !made.Active || made.Late != "5s" || !slices.Equal(made.Events, []string{"message.received"}) {
		t.Errorf("%+v", made)
	}
	list, err := m.Workspace("").Endpoints(t.Context())
	if err != nil || len(list) != 2 || list[0].Active || !list[0].OwnSecret || list[1].ID != made.ID {
		t.Errorf("%+v %v", list, err)
	}
	if first.challenged() != 1 || second.challenged() != 1 {
		t.Errorf("%d and %d challenges", first.challenged(), second.challenged())
	}
	_, err = m.Workspace("").CreateEndpoint(t.Context(), at(second.URL))
	refusedFor(t, err, "url", "is that of endpoint "+made.ID)
	_, err = m.Workspace("").CreateEndpoint(t.Context(), at("http://169.254.169.254/hook"))
	refusedFor(t, err, "url", "where a cloud tells a machine its secrets")
	_, err = m.Workspace("").CreateEndpoint(t.Context(), adminapi.NewWebhook{URL: first.URL + "/other", Events: []string{"no.event"}})
	refusedFor(t, err, "events", `"no.event"`)
	_, err = m.Workspace("").CreateEndpoint(t.Context(), adminapi.NewWebhook{URL: first.URL + "/other", Slow: "2m"})
	refusedFor(t, err, "slow", "from 0s to 1m0s")
	_, err = m.Workspace("").CreateEndpoint(t.Context(), at(newHookServer(t, ok))) // it does not know the challenge
	refusedFor(t, err, "url", "did not pass the challenge")
}

func TestWebhooks_ChangeOfAnEndpointLeavesTheRestOfItAsItIs(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	made := create(t, m, adminapi.NewWebhook{URL: h.URL, Secret: "its-own-secret", Events: []string{"message.received"}, Batch: "1s", Cut: true})
	changed := change(t, m, made.ID, adminapi.WebhookChange{BadlySigned: new(true), Batch: "0s", Events: &[]string{}})
	if changed.ID != made.ID || !changed.OwnSecret || !changed.BadlySigned || !changed.Cut || changed.Batch != "" || len(changed.Events) != 0 {
		t.Errorf("%+v", changed)
	}
	changed = change(t, m, made.ID, adminapi.WebhookChange{BadlySigned: new(false), Cut: new(false)})
	if changed.BadlySigned || changed.Cut || !changed.OwnSecret {
		t.Errorf("%+v", changed)
	}
	receive(t, m, 1, "one")
	ends(t, m, 1)
	bodies, heads := h.got()
	if by := signedBy(heads[0], "/", bodies[0], "its-own-secret"); !same(by, []int{0}) {
		t.Errorf("it is not signed with the endpoint's secret any more: %v", heads[0])
	}
	if changed = change(t, m, made.ID, adminapi.WebhookChange{Secret: new("")}); changed.OwnSecret {
		t.Errorf("%+v", changed)
	}
	_, err := m.Workspace("").ChangeEndpoint(t.Context(), "ep99", adminapi.WebhookChange{Cut: new(true)})
	if !errors.Is(err, mocktest.ErrNotFound) {
		t.Errorf("%v", err)
	}
	_, err = m.Workspace("").ChangeEndpoint(t.Context(), made.ID, adminapi.WebhookChange{Late: "25h"})
	refusedFor(t, err, "late", "from 0s to 24h")
	if h.challenged() != 1 {
		t.Errorf("%d challenges", h.challenged())
	}
}

func TestWebhooks_EndpointThatIsSwitchedOffGetsNothingUntilItIsSwitchedOnAndPassesTheChallenge(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, failFirst(1))
	made := create(t, m, at(h.URL))
	receive(t, m, 1, "one")
	tries(t, m, 1, "pending")
	off := change(t, m, made.ID, adminapi.WebhookChange{Active: new(false)})
	if off.Active || off.Reason != "it was switched off" || off.Pending != 0 {
		t.Errorf("%+v", off)
	}
	if d := tries(t, m, 1, "dead"); d.Reason != "the endpoint is disabled: it was switched off" {
		t.Errorf("%+v", d)
	}
	receive(t, m, 1, "two")
	eventually(t, m, "the event has no endpoint", func(all []adminapi.Delivery) bool { return count(all, "no_endpoint") == 1 })
	if on := change(t, m, made.ID, adminapi.WebhookChange{Active: new(true)}); !on.Active || on.Reason != "" || h.challenged() != 2 {
		t.Errorf("%+v, %d challenges", on, h.challenged())
	}
	receive(t, m, 1, "three")
	ends(t, m, 1)
}

func TestWebhooks_EndpointThatIsDeletedIsGoneWithWhatIsPendingForIt(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h, other := newHook(t, failFirst(1)), newHook(t, ok)
	made := create(t, m, at(h.URL))
	stays := create(t, m, adminapi.NewWebhook{URL: other.URL, Events: []string{"conversation.created"}})
	receive(t, m, 1, "one")
	tries(t, m, 1, "pending")
	if err := m.Workspace("").DeleteEndpoint(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if d := tries(t, m, 1, "dead"); d.Reason != "the endpoint was removed" {
		t.Errorf("%+v", d)
	}
	list, err := m.Workspace("").Endpoints(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != stays.ID {
		t.Errorf("%+v %v", list, err)
	}
	if err := m.Workspace("").DeleteEndpoint(t.Context(), made.ID); !errors.Is(err, mocktest.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if again := create(t, m, at(h.URL)); again.ID == made.ID {
		t.Errorf("the id %s is used again", again.ID)
	}
}

func TestWebhooks_NewestDeliveriesAreListedOldestFirst(t *testing.T) {
	t.Parallel()
	m := standing(t)
	create(t, m, at(newHook(t, ok).URL))
	for range 5 {
		receive(t, m, 1, "Hello")
	}
	all, err := m.Workspace("").Deliveries(t.Context(), mocktest.DeliveryFilter{})
	if err != nil || len(all) < 5 {
		t.Fatal(all, err)
	}
	newest, err := m.Workspace("").Deliveries(t.Context(), mocktest.DeliveryFilter{Limit: 3, Newest: true})
	if err != nil || len(newest) != 3 {
		t.Fatal(newest, err)
	}
	for i := range newest {
		if want := all[len(all)-3+i].ID; newest[i].ID != want {
			t.Errorf("delivery %d is %d, want %d", i, newest[i].ID, want)
		}
	}
}
