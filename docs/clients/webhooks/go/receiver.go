package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"example.com/awal-receiver/awal"
)

// A receiver implements the generated interface.
type receiver struct{}

var _ awal.WebhookReceiverInterface = receiver{}

// decode reads a body of a generated type; false: it was answered 400.
func decode[T any](w http.ResponseWriter, r *http.Request) (body T, ok bool) {
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		fmt.Println("unreadable:", err)
		w.WriteHeader(http.StatusBadRequest)
		return body, false
	}
	return body, true
}

func (receiver) HandleVerifyReceiverWebhook(w http.ResponseWriter, r *http.Request) {
	if body, ok := decode[awal.WebhookVerification](w, r); ok {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(awal.WebhookChallenge{Challenge: body.Challenge}) // a sender that has gone needs no answer
		fmt.Println("accepted verification")
	}
}

func (receiver) HandleOnMessageReceivedWebhook(w http.ResponseWriter, r *http.Request) {
	if body, ok := decode[awal.WebhookMessageReceived](w, r); ok {
		fmt.Printf("accepted %s: %s wrote %s\n", body.Event, body.Data.From, body.Data.Body)
	}
}

func (receiver) HandleOnMessageStatusUpdatedWebhook(w http.ResponseWriter, r *http.Request) {
	if body, ok := decode[awal.WebhookMessageStatusUpdated](w, r); ok {
		fmt.Printf("accepted %s: %s is %s\n", body.Event, body.Data.MessageId, body.Data.Status)
	}
}

func (receiver) HandleOnConversationCreatedWebhook(w http.ResponseWriter, r *http.Request) {
	if body, ok := decode[awal.WebhookConversationCreated](w, r); ok {
		fmt.Printf("accepted %s: %d with %s\n", body.Event, body.Data.ConversationId, body.Data.PhoneNumber)
	}
}

func (receiver) HandleOnConversationUpdatedWebhook(w http.ResponseWriter, r *http.Request) {
	if body, ok := decode[awal.WebhookConversationUpdated](w, r); ok {
		assignee := "no one"
		if body.Data.Assignee != nil {
			assignee = *body.Data.Assignee
		}
		fmt.Printf("accepted %s: %d belongs to %s\n", body.Event, body.Data.ConversationId, assignee)
	}
}
