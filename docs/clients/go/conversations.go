package main

import (
	"context"
	"fmt"

	"example.com/awal-client/awal"
)

// listConversations asks for the unread conversations and returns the first of them.
func (a api) listConversations(ctx context.Context) (awal.Conversation, error) {
	unread := awal.ConversationStatusUnread
	answer, err := a.ListConversationsWithResponse(ctx, &awal.ListConversationsParams{PhoneNumberId: a.number, Status: &unread})
	if err != nil {
		return awal.Conversation{}, err
	}
	if answer.JSON200 == nil {
		return awal.Conversation{}, unexpected(answer.HTTPResponse, answer.Body)
	}
	list := answer.JSON200
	if !bool(list.Status) || len(list.Data) == 0 || list.Meta.Total < int64(len(list.Data)) {
		return awal.Conversation{}, fmt.Errorf("want status true, rows, and a total not below their number, got %s", answer.Body)
	}
	for _, row := range list.Data {
		if row.Status != unread && row.UnreadCount == 0 {
			return awal.Conversation{}, fmt.Errorf("conversation %d is not unread", row.Id)
		}
	}
	return list.Data[0], nil
}

// getConversationMessages reads the conversation that the list showed.
func (a api) getConversationMessages(ctx context.Context, row awal.Conversation) error {
	answer, err := a.GetConversationMessagesWithResponse(ctx, row.Id, &awal.GetConversationMessagesParams{PhoneNumberId: a.number})
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return unexpected(answer.HTTPResponse, answer.Body)
	}
	data := answer.JSON200.Data
	if data.Id != row.Id || data.Phone != row.Phone {
		return fmt.Errorf("want conversation %d of %s, got %d of %s", row.Id, row.Phone, data.Id, data.Phone)
	}
	if len(data.Messages) == 0 || data.Meta.TotalMessages < int64(len(data.Messages)) {
		return fmt.Errorf("want messages and a total not below their number, got %d and %d", len(data.Messages), data.Meta.TotalMessages)
	}
	for _, message := range data.Messages {
		if !message.Status.Valid() || !message.Direction.Valid() || message.Date.IsZero() {
			return fmt.Errorf("message %d has status %q, direction %q, date %s", message.Id, message.Status, message.Direction, message.Date)
		}
	}
	return nil
}

func (a api) getMessageStatus(ctx context.Context) error {
	answer, err := a.GetMessageStatusWithResponse(ctx, &awal.GetMessageStatusParams{PhoneNumberId: a.number})
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return unexpected(answer.HTTPResponse, answer.Body)
	}
	if len(answer.JSON200.Data) == 0 {
		return fmt.Errorf("want rows, got %s", answer.Body)
	}
	for _, row := range answer.JSON200.Data {
		if !row.Status.Valid() || row.Timestamp.IsZero() {
			return fmt.Errorf("message %d has status %q, timestamp %s", row.MessageId, row.Status, row.Timestamp)
		}
	}
	return nil
}
