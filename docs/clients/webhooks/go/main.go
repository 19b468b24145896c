// Command awal-receiver receives webhooks through an interface generated from the document in OpenAPI 3.1, and verifies them with the
// official library of Standard Webhooks. AWAL_WEBHOOK_SECRET is the secret in the library's form, whsec_ and base64. It prints its
// address, and a line for each request.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"example.com/awal-receiver/awal"
)

func main() {
	if err := run(os.Getenv("AWAL_WEBHOOK_SECRET")); err != nil {
		fmt.Fprintln(os.Stderr, "awal-receiver:", err)
		os.Exit(1)
	}
}

func run(secret string) error {
	library, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/hook\n", listener.Addr())
	return http.Serve(listener, verified(library, handlers()))
}

// handlers are the generated handlers, by the event or the type in a body.
func handlers() map[string]http.Handler {
	var r receiver
	return map[string]http.Handler{
		"verification":           awal.VerifyReceiverWebhookHandler(r, nil),
		"message.received":       awal.OnMessageReceivedWebhookHandler(r, nil),
		"message.status.updated": awal.OnMessageStatusUpdatedWebhookHandler(r, nil),
		"conversation.created":   awal.OnConversationCreatedWebhookHandler(r, nil),
		"conversation.updated":   awal.OnConversationUpdatedWebhookHandler(r, nil),
	}
}

// verified answers 401 to what is not signed rightly, and hands the rest to the handler of its event.
func verified(library *standardwebhooks.Webhook, handlers map[string]http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = library.Verify(body, r.Header)
		}
		if err != nil {
			fmt.Println("refused:", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var name struct{ Event, Type string }
		if err := json.Unmarshal(body, &name); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if handler := handlers[name.Event+name.Type]; handler != nil { // a body has one of the two
			r.Body = io.NopCloser(bytes.NewReader(body))
			handler.ServeHTTP(w, r)
		} // an unknown event is answered 200: it would come again otherwise
	})
}
