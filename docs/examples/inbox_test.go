package examples_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// An inbox is the program under test: it asks for the phones of the customers who wait for an answer.
type inbox struct {
	client  *http.Client // signs each request
	baseURL string
	number  string
}

func (i inbox) waiting() ([]string, error) {
	response, err := i.client.Get(i.baseURL + "/conversations?status=unread&limit=50&phone_number_id=" + i.number)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the inbox cannot be read: %s", response.Status)
	}
	var list struct{ Data []struct{ Phone string } }
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		return nil, err
	}
	var phones []string
	for _, c := range list.Data {
		phones = append(phones, c.Phone)
	}
	return phones, nil
}

// start starts a mock whose clock does not run, so that each run of the test sees the same data.
func start(t *testing.T) (*mocktest.Mock, inbox) {
	mock := mocktest.Start(t, mocktest.StoppedClock(time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)))
	return mock, inbox{mock.Client(), mock.URL, mock.PhoneNumberID}
}

func TestACustomerWhoWritesIsInTheListOfThoseWhoWait(t *testing.T) {
	t.Parallel()
	mock, inbox := start(t)
	const fatima = "96650000001" // conversation 2, which is read
	if phones, err := inbox.waiting(); err != nil || slices.Contains(phones, fatima) {
		t.Fatal(phones, err)
	}
	if _, err := mock.Receive(2, "One more question"); err != nil {
		t.Fatal(err)
	}
	if phones, err := inbox.waiting(); err != nil || !slices.Contains(phones, fatima) {
		t.Errorf("%v %v, want %s among them", phones, err, fatima)
	}
}

func TestAServerThatFailsIsAnErrorWithItsStatus(t *testing.T) {
	t.Parallel()
	mock, inbox := start(t)
	if err := mock.Fault(mocktest.FaultRule{Operation: "listConversations", Status: http.StatusServiceUnavailable}); err != nil {
		t.Fatal(err)
	}
	if _, err := inbox.waiting(); err == nil || err.Error() != "the inbox cannot be read: 503 Service Unavailable" {
		t.Errorf("error %v", err)
	}
}
