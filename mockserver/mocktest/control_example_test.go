package mocktest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// A day in a moment: a message is sent to a customer who answers, the clock is advanced, and a day later the conversation
// has expired.
func Example() {
	m, err := mocktest.New(mocktest.StoppedClock(time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer m.Close()
	query := "?phone_number_id=" + m.PhoneNumberID

	answer, err := m.Client().Post(m.URL+"/w/message/text"+query, "application/json",
		strings.NewReader(`{"phone":"966500000904","body":"Your order is ready"}`)) // this customer answers after 3 seconds
	if err != nil {
		fmt.Println(err)
		return
	}
	answer.Body.Close()

	for _, step := range []time.Duration{0, time.Second, 2 * time.Second, 24 * time.Hour} {
		if err := m.Advance(step); err != nil {
			fmt.Println(err)
			return
		}
		var sent, inbox struct {
			Data []struct {
				Status string
				Last   string `json:"last_message"`
			}
		}
		read(m, "/fetch-message-status-app"+query, &sent)
		read(m, "/conversations"+query+"&searchTerm=966500000904", &inbox)
		conversation := inbox.Data[0]
		fmt.Printf("+%v: message %s, conversation %s: %s\n", step, sent.Data[len(sent.Data)-1].Status, conversation.Status, conversation.Last)
	}
	// Output:
	// +0s: message sent, conversation my: Your order is ready
	// +1s: message delivered, conversation my: Your order is ready
	// +2s: message read, conversation unread: Thank you, I got your message 👍
	// +24h0m0s: message read, conversation expired: Thank you, I got your message 👍
}

func read(m *mocktest.Mock, target string, into any) {
	response, err := m.Client().Get(m.URL + target)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		fmt.Println(response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		fmt.Println(err)
	}
}
