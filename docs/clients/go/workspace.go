package main

import (
	"context"
	"fmt"

	"example.com/awal-client/awal"
)

// listWabaNumbers checks that the number in use is among the sending numbers.
func (a api) listWabaNumbers(ctx context.Context) error {
	answer, err := a.ListWabaNumbersWithResponse(ctx, nil)
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return unexpected(answer.HTTPResponse, answer.Body)
	}
	for _, number := range answer.JSON200.Data {
		if number.PhoneNumberId == a.number {
			return nil
		}
	}
	return fmt.Errorf("number %s is not among %s", a.number, answer.Body)
}

// listTemplates returns the first template.
func (a api) listTemplates(ctx context.Context) (awal.Template, error) {
	answer, err := a.ListTemplatesWithResponse(ctx, &awal.ListTemplatesParams{Limit: new(int64(1))})
	if err != nil {
		return awal.Template{}, err
	}
	if answer.JSON200 == nil {
		return awal.Template{}, unexpected(answer.HTTPResponse, answer.Body)
	}
	if len(answer.JSON200.Data) != 1 || answer.JSON200.Meta.PerPage != 1 {
		return awal.Template{}, fmt.Errorf("want a page of one template, got %s", answer.Body)
	}
	return answer.JSON200.Data[0], nil
}

func (a api) getTemplate(ctx context.Context, listed awal.Template) error {
	answer, err := a.GetTemplateWithResponse(ctx, listed.Id, nil)
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return unexpected(answer.HTTPResponse, answer.Body)
	}
	if read := answer.JSON200.Data; read.Id != listed.Id || read.Name != listed.Name {
		return fmt.Errorf("want template %d %q, got %s", listed.Id, listed.Name, answer.Body)
	}
	return nil
}

// updateTicket opens and closes a ticket of the recipient's conversation.
func (a api) updateTicket(ctx context.Context) error {
	found, err := a.ListConversationsWithResponse(ctx, &awal.ListConversationsParams{PhoneNumberId: a.number, SearchTerm: new(recipient)})
	if err != nil {
		return err
	}
	if found.JSON200 == nil {
		return unexpected(found.HTTPResponse, found.Body)
	}
	if len(found.JSON200.Data) != 1 {
		return fmt.Errorf("want one conversation with %s, got %s", recipient, found.Body)
	}
	id := found.JSON200.Data[0].Id
	if err := a.ticket(ctx, id, awal.TicketActionRouteOpenTicket, awal.TicketAnswerDataStatusOpened); err != nil {
		return err
	}
	return a.ticket(ctx, id, awal.TicketActionRouteCloseTicket, awal.TicketAnswerDataStatusClosed)
}

func (a api) ticket(ctx context.Context, id int64, route awal.TicketActionRoute, want awal.TicketAnswerDataStatus) error {
	answer, err := a.UpdateTicketWithResponse(ctx, id, &awal.UpdateTicketParams{PhoneNumberId: a.number}, awal.TicketAction{Route: route})
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return unexpected(answer.HTTPResponse, answer.Body)
	}
	if data := answer.JSON200.Data; data.ConversationId != id || data.Status != want {
		return fmt.Errorf("%s: want conversation %d %s, got %s", route, id, want, answer.Body)
	}
	return nil
}
