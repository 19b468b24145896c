package mocktest_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server/control"
)

// answered is a log handler that keeps which operations were answered.
type answered struct {
	slog.Handler
	mu  *sync.Mutex
	ids *[]string
}

func (a answered) Handle(_ context.Context, r slog.Record) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	r.Attrs(func(attr slog.Attr) bool {
		if attr.Key == "operation" {
			*a.ids = append(*a.ids, attr.Value.String())
		}
		return true
	})
	return nil
}

func (a answered) Enabled(context.Context, slog.Level) bool { return true }

// methods are the methods of mocktest by the operation that each one is for.
func methods() map[string]func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
	return map[string]func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error{
		"getControlDocument": func(ctx context.Context, m *mocktest.Mock, _ mocktest.Workspace) error {
			text, err := m.ControlDocument(ctx)
			return is(err, bytes.Contains(text, []byte("operationId: getControlDocument")))
		},
		"listWorkspaces": func(ctx context.Context, m *mocktest.Mock, _ mocktest.Workspace) error {
			all, err := m.ListWorkspaces(ctx)
			return is(err, len(all) == 2 && all[0].Domain == m.Domain && all[1].Domain == "other-workspace")
		},
		"createWorkspace": func(ctx context.Context, m *mocktest.Mock, _ mocktest.Workspace) error {
			made, err := m.CreateWorkspace(ctx, adminapi.NewWorkspace{Domain: "my-test", PhoneNumberID: "77"})
			return is(err, made.Secret != "" && slices.Equal(made.PhoneNumberIDs, []string{"77"}))
		},
		"getWorkspace": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			described, err := w.Describe(ctx)
			return is(err, described.Domain == "other-workspace" && described.Used != nil && described.Used.Conversations > 0)
		},
		"deleteWorkspace": func(ctx context.Context, m *mocktest.Mock, _ mocktest.Workspace) error {
			return m.DeleteWorkspace(ctx, "other-workspace")
		},
		"resetWorkspace": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			return w.Reset(ctx)
		},
		"getEvents": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			var file bytes.Buffer
			err := w.Events(ctx, &file)
			return is(err, strings.Contains(file.String(), `"other-workspace"`))
		},
		"putEvents": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			var file bytes.Buffer
			if err := w.Events(ctx, &file); err != nil {
				return err
			}
			replaced, err := w.PutEvents(ctx, &file)
			return is(err, replaced.Domain == "other-workspace" && replaced.Events > 0)
		},
		"rotateSecret": func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
			rotated, err := w.Rotate(ctx, time.Hour)
			return is(err, rotated.Secret == m.Workspaces()[1].Secret && strings.HasPrefix(rotated.StandardSecret, "whsec_") && rotated.OldUntil.Equal(noon().Add(time.Hour)))
		},
		"getWebhooks": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			endpoints, err := w.Endpoints(ctx)
			return is(err, endpoints != nil && len(endpoints) == 0)
		},
		"putWebhooks": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			if _, err := w.SetEndpoints(ctx, adminapi.NewWebhook{URL: "no address"}); !errors.Is(err, mocktest.ErrInvalid) {
				return is(err, false)
			}
			endpoints, err := w.SetEndpoints(ctx)
			return is(err, len(endpoints) == 0)
		},
		"createWebhook": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			_, err := w.CreateEndpoint(ctx, adminapi.NewWebhook{URL: "no address"})
			return is(nil, errors.Is(err, mocktest.ErrInvalid))
		},
		"changeWebhook": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			_, err := w.ChangeEndpoint(ctx, "ep9", adminapi.WebhookChange{Active: new(false)})
			return is(nil, errors.Is(err, mocktest.ErrNotFound))
		},
		"deleteWebhook": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			return is(nil, errors.Is(w.DeleteEndpoint(ctx, "ep9"), mocktest.ErrNotFound))
		},
		"triggerWebhook": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			event, err := w.Trigger(ctx, adminapi.Trigger{Event: "message.received", Data: map[string]any{"body": "triggered"}})
			return is(err, strings.Contains(event.Body, `"body":"triggered"`))
		},
		"listDeliveries": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			deliveries, err := w.Deliveries(ctx, mocktest.DeliveryFilter{State: adminapi.DeliveryStateDead, Limit: 10, After: 1, Endpoint: "ep1"})
			return is(err, deliveries != nil && len(deliveries) == 0)
		},
		"resendDelivery": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			if _, err := w.Trigger(ctx, adminapi.Trigger{Event: "conversation.created"}); err != nil {
				return err
			}
			deliveries, err := w.Deliveries(ctx, mocktest.DeliveryFilter{})
			if err != nil || len(deliveries) == 0 {
				return is(err, false)
			}
			again, err := w.Resend(ctx, deliveries[len(deliveries)-1].ID)
			return is(err, again.Resent && again.State == adminapi.DeliveryStateNoEndpoint)
		},
		"resendDeliveries": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			_, err := w.ResendAll(ctx, adminapi.ResendFilter{Since: noon()})
			return err
		},
		"streamWebhooks": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			listener, err := w.Listen(ctx, "/hook", "")
			if err != nil {
				return err
			}
			defer listener.Close()
			sent, err := w.Trigger(ctx, adminapi.Trigger{Event: "message.received"})
			if err != nil {
				return err
			}
			heard, err := listener.Next()
			return is(err, heard.ID == sent.ID && heard.Cursor == sent.ID && heard.Body == sent.Body && heard.Headers["X-Awal-Signature-256"] != "")
		},
		"getLimits": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			limits, err := w.Limits(ctx)
			return is(err, len(limits) > 0 && limits[0].Remaining > 0)
		},
		"signRequest": func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
			headers, err := w.Sign(ctx, adminapi.RequestToSign{Method: "GET", Target: "/waba-numbers"})
			if err != nil {
				return err
			}
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.URL+"/waba-numbers", nil)
			if err != nil {
				return err
			}
			r.Header = headers
			r.Header.Set("Accept", "application/json")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			return is(nil, response.StatusCode == http.StatusOK)
		},
		"createConversation": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			made, err := w.CreateConversation(ctx, adminapi.NewConversation{Phone: "966555000001", Name: "Sara", Bot: true})
			return is(err, made.ID > 0 && made.Name == "Sara" && made.Bot)
		},
		"createOrder": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			made, err := w.Order(ctx, adminapi.NewOrder{Phone: "966555000002", Items: []adminapi.NewOrderItem{{ProductName: "Tea", Quantity: 2, Price: 10}}})
			return is(err, made["status"] == "pending" && made["subtotal"] == 20.0)
		},
		"getRecords": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			var lines bytes.Buffer
			err := w.Records(ctx, "branches", &lines)
			return is(err, strings.HasPrefix(lines.String(), `{"branch_id":"CLINIC-1"`))
		},
		"putRecords": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			replaced, err := w.PutRecords(ctx, "contact_groups", strings.NewReader(`{"id":1,"name":"All"}`))
			return is(err, replaced.Collection == "contact_groups" && replaced.Records == 1)
		},
		"findConversations": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			page, err := w.FindConversations(ctx, url.Values{"limit": {"2"}, "offset": {"1"}})
			return is(err, len(page.Data) == 2 && page.Offset == 1 && page.Total > 2 && len(page.Counts) > 1)
		},
		"getConversation": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			found, err := w.Conversation(ctx, 1)
			return is(err, found.ID == 1 && found.Messages > 0 && found.LastMessage != "")
		},
		"getMessages": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			page, err := w.Messages(ctx, 1, url.Values{"limit": {"1"}})
			return is(err, len(page.Data) == 1 && page.Offset == int64(page.Total-1) && page.Data[0].ConversationID == 1)
		},
		"changeConversation": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			changed, err := w.ChangeConversation(ctx, 1, adminapi.ConversationChange{Assignee: new("somebody"), UnreadCount: new(0)})
			return is(err, changed.Assignee == "somebody" && changed.UnreadCount == 0)
		},
		"receiveMessage": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			message, err := w.Receive(ctx, 1, adminapi.NewMessage{Content: "A picture", Type: adminapi.MessageTypeImage})
			return is(err, message.ConversationID == 1 && message.Type == "image" && message.Direction == adminapi.DirectionInbound)
		},
		"forceMessageStatus": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			received, err := w.Receive(ctx, 1, adminapi.NewMessage{Content: "Hello"})
			if err != nil {
				return err
			}
			_, err = w.ForceStatus(ctx, received.ID, adminapi.ForcedStatusRead)
			return is(nil, errors.Is(err, mocktest.ErrConflict)) // it came from the customer
		},
		"getClock": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			clock, err := w.Clock(ctx)
			return is(err, clock.Standing && clock.Now.Equal(noon()))
		},
		"setClock": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			later, err := w.Advance(ctx, time.Hour)
			if err != nil || !later.Now.Equal(noon().Add(time.Hour)) {
				return is(err, false)
			}
			if set, err := w.SetClock(ctx, noon().Add(48*time.Hour)); err != nil || !set.Now.Equal(noon().Add(48*time.Hour)) {
				return is(err, false)
			}
			if _, err := w.SetClock(ctx, noon()); !errors.Is(err, mocktest.ErrConflict) {
				return is(err, false)
			}
			running, err := w.RunClock(ctx, true)
			return is(err, !running.Standing)
		},
		"getFaults": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			faults, err := w.Faults(ctx)
			return is(err, faults != nil && len(faults) == 0)
		},
		"setFaults": func(ctx context.Context, _ *mocktest.Mock, w mocktest.Workspace) error {
			faults, err := w.SetFaults(ctx, mocktest.FaultRule{Latency: time.Second, Probability: 0.5}, mocktest.FaultRule{Abort: true, Times: 2})
			return is(err, len(faults) == 2 && faults[0].Latency == "1s" && *faults[0].Probability == 0.5 && faults[1].Abort && faults[1].Times == 2)
		},
		"listRequests": func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
			inOther, err := w.Journal().Requests(ctx)
			if err != nil || len(inOther) != 0 {
				return is(err, false)
			}
			all, err := m.Journal().Requests(ctx)
			return is(err, len(all) == 1 && all[0].Operation == "listWabaNumbers" && strings.HasPrefix(all[0].Response.Headers.Get("content-type"), "application/json"))
		},
		"clearRequests": func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
			if err := w.Journal().Clear(ctx); err != nil {
				return err
			}
			if all, err := m.Journal().Requests(ctx); err != nil || len(all) != 1 {
				return is(err, false) // it is another workspace's
			}
			if err := m.Workspace("").Journal().Clear(ctx); err != nil {
				return err
			}
			all, err := m.Journal().Requests(ctx)
			return is(err, len(all) == 0)
		},
		"getRequest": func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
			all, err := m.Requests()
			if err != nil {
				return err
			}
			one, err := m.Journal().Request(ctx, all[0].ID)
			if err != nil || one.Sequence != all[0].Sequence {
				return is(err, false)
			}
			_, err = w.Journal().Request(ctx, all[0].ID)
			return is(nil, errors.Is(err, mocktest.ErrNotFound))
		},
		"streamRequests": func(ctx context.Context, m *mocktest.Mock, _ mocktest.Workspace) error {
			stream, err := m.Journal().Stream(ctx, "0")
			if err != nil {
				return err
			}
			first, err := stream.Next()
			return is(errors.Join(err, stream.Close()), first.Operation == "listWabaNumbers")
		},
		"streamChanges": func(ctx context.Context, m *mocktest.Mock, w mocktest.Workspace) error {
			stream, err := w.Changes(ctx, "")
			if err != nil {
				return err
			}
			for _, text := range []string{"one", "two"} {
				if _, err := w.Receive(ctx, 1, adminapi.NewMessage{Content: text}); err != nil {
					return err
				}
			}
			first, err := stream.Next()
			if err = errors.Join(err, stream.Close()); err != nil || first.Kind != adminapi.ChangeKindMessageReceived {
				return is(err, false)
			}
			again, err := w.Changes(ctx, first.ID)
			if err != nil {
				return err
			}
			second, err := again.Next()
			return is(errors.Join(err, again.Close()), second.Kind == adminapi.ChangeKindMessageReceived && second.MessageID > first.MessageID)
		},
	}
}

func noon() time.Time { return time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC) }

var errOtherAnswer = errors.New("the answer is another one")

// is is the error of a method, else whether its answer is as it should be.
func is(err error, right bool) error {
	if err == nil && !right {
		return errOtherAnswer
	}
	return err
}

func TestEveryOperationOfTheControlAPIHasAMethodThatWorksForAnyWorkspace(t *testing.T) {
	t.Parallel()
	table := methods()
	ids := []string{}
	for _, op := range control.Operations() {
		ids = append(ids, op.ID)
	}
	slices.Sort(ids)
	if named := slices.Sorted(maps.Keys(table)); !slices.Equal(named, ids) {
		t.Fatalf("methods are for %q, the control API has %q", named, ids)
	}
	for id, method := range table {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			var done []string
			log := answered{slog.DiscardHandler, &sync.Mutex{}, &done}
			m := startStopped(t, mocktest.ControlToken("s3cret"), mocktest.Logger(slog.New(log)))
			get(t, m.Client(), m.URL+"/waba-numbers")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := method(ctx, m, m.Workspace("other-workspace")); err != nil {
				t.Fatal(err)
			}
			shutdown, stop := context.WithTimeout(context.Background(), time.Minute)
			defer stop()
			if err := m.Shutdown(shutdown); err != nil { // all of them are in the log then
				t.Fatal(err)
			}
			log.mu.Lock()
			defer log.mu.Unlock()
			if !slices.Contains(done, id) {
				t.Errorf("the method asked for %q", done)
			}
		})
	}
}
