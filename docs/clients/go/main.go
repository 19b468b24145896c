// Command awal-client uses every operation of the API once, through a client generated from openapi.yaml, and checks the answers.
// It reads AWAL_BASE_URL, AWAL_DOMAIN, AWAL_CLIENT_ID, AWAL_HMAC_SECRET and AWAL_PHONE_NUMBER_ID, and exits with 1 at the first surprise.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"example.com/awal-client/awal"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "go client:", err)
		os.Exit(1)
	}
	fmt.Println("go client: every operation answered as openapi.yaml says")
}

// api is the generated client, and the sending number that it is used for.
type api struct {
	*awal.ClientWithResponses
	number string
}

func run(ctx context.Context, getenv func(string) string) error {
	sign := signer{
		basePath: basePath(getenv("AWAL_BASE_URL")),
		domain:   getenv("AWAL_DOMAIN"),
		clientID: getenv("AWAL_CLIENT_ID"),
		secret:   []byte(getenv("AWAL_HMAC_SECRET")),
		now:      time.Now,
	}
	client, err := awal.NewClientWithResponses(getenv("AWAL_BASE_URL"), awal.WithRequestEditorFn(sign.request))
	if err != nil {
		return err
	}
	use := api{client, getenv("AWAL_PHONE_NUMBER_ID")}

	row, err := use.listConversations(ctx)
	if err != nil {
		return fmt.Errorf("listConversations: %w", err)
	}
	if err := use.getConversationMessages(ctx, row); err != nil {
		return fmt.Errorf("getConversationMessages: %w", err)
	}
	if err := use.getMessageStatus(ctx); err != nil {
		return fmt.Errorf("getMessageStatus: %w", err)
	}
	return use.workspace(ctx)
}

// workspace uses what does not belong to a single conversation, and sends.
func (a api) workspace(ctx context.Context) error {
	if err := a.listWabaNumbers(ctx); err != nil {
		return fmt.Errorf("listWabaNumbers: %w", err)
	}
	template, err := a.listTemplates(ctx)
	if err != nil {
		return fmt.Errorf("listTemplates: %w", err)
	}
	if err := a.getTemplate(ctx, template); err != nil {
		return fmt.Errorf("getTemplate: %w", err)
	}
	if err := a.sendMessages(ctx, template); err != nil {
		return err
	}
	if err := a.updateTicket(ctx); err != nil {
		return fmt.Errorf("updateTicket: %w", err)
	}
	return nil
}

func unexpected(response *http.Response, body []byte) error {
	return fmt.Errorf("want 200, got %s: %s", response.Status, body)
}
